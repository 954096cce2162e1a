//! Starts `portlint server`: as the settings say (`lsp.portlint.binary`), else the `portlint` in the path.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, serde_json, Command, LanguageServerId, Result, Worktree};

struct Portlint;

impl zed::Extension for Portlint {
    fn new() -> Self {
        Portlint
    }

    fn language_server_command(&mut self, id: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let binary = LspSettings::for_worktree(id.as_ref(), worktree).ok().and_then(|found| found.binary);
        let (path, arguments) = binary.map_or((None, None), |found| (found.path, found.arguments));
        let command = path
            .or_else(|| worktree.which("portlint"))
            .ok_or("portlint is not in the path: python -m pip install 'portlint[server]', or set lsp.portlint.binary")?;
        let args = arguments.unwrap_or_else(|| vec!["server".into(), "--stdio".into()]);
        Ok(Command { command, args, env: worktree.shell_env() })
    }

    fn language_server_initialization_options(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        Ok(LspSettings::for_worktree(id.as_ref(), worktree).ok().and_then(|found| found.initialization_options))
    }
}

zed::register_extension!(Portlint);
