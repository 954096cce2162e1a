-- What a user of Neovim does: open a script, change the port, look at the diagnostics, undo, write.
-- Prints one JSON object; ends with status 1 where it waited in vain.

local python, root = os.getenv("PORTLINT_TEST_PYTHON"), os.getenv("PORTLINT_TEST_ROOT")
local patience = tonumber(os.getenv("PORTLINT_TEST_PATIENCE") or "30") * 1000
local seen = {}

local function finish(status)
  io.stdout:write(vim.fn.json_encode(seen) .. "\n")
  vim.cmd(status == 0 and "qall!" or "cquit!")
end

local function expect(what, condition)
  seen[what] = vim.wait(patience, condition, 20)
  if not seen[what] then
    seen.log = vim.diagnostic.get()
    finish(1)
  end
end

local function shown(path)
  local bufnr = vim.fn.bufnr(root .. "/" .. path)
  local codes = {}
  for _, item in ipairs(bufnr == -1 and {} or vim.diagnostic.get(bufnr)) do
    table.insert(codes, string.format("%d:%d %d %s", item.lnum + 1, item.col + 1, item.severity, item.code or
      (item.user_data and item.user_data.lsp and item.user_data.lsp.code) or "?"))
  end
  return table.concat(codes, ",")
end

vim.cmd("edit " .. vim.fn.fnameescape(root .. "/start.sh"))
local config = { name = "portlint", cmd = { python, "-m", "portlint", "server" }, root_dir = root }
if vim.lsp.start then
  vim.lsp.start(config)
else
  vim.lsp.buf_attach_client(0, vim.lsp.start_client(config))
end

local function client()
  return (vim.lsp.get_clients or function() return vim.tbl_values(vim.lsp.buf_get_clients(0)) end)()[1]
end

expect("starts", function() return client() ~= nil and client().initialized end)
vim.api.nvim_buf_set_text(0, 0, 31, 0, 35, { "8301" })
expect("deviates", function() return shown("start.sh") ~= "" and shown(".env") ~= "" end)
seen.here, seen.there = shown("start.sh"), shown(".env")
local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", {
  textDocument = { uri = vim.uri_from_bufnr(0) }, position = { line = 0, character = 32 },
}, patience)
for _, answer in pairs(answers or {}) do
  seen.hover = answer.result and answer.result.contents.value
end
vim.cmd("undo")
expect("agrees", function() return shown("start.sh") == "" and shown(".env") == "" end)
vim.cmd("%s/8300/8302/ | write")
expect("deviates after a write", function() return shown("start.sh") ~= "" end)
client().stop()
finish(0)
