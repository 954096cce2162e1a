// What the settings mean: which program is started, and what the server is told.

export interface Settings {
  get<T>(name: string, otherwise: T): T;
}

export interface Command {
  command: string;
  args: string[];
}

/** The program that serves: a Python that has portlint, else portlint itself. */
export function command(settings: Settings): Command {
  const interpreter = settings.get("interpreter", "").trim();
  if (interpreter !== "") {
    return { command: interpreter, args: ["-m", "portlint", "server", "--stdio"] };
  }
  const path = settings.get("path", "").trim();
  return { command: path === "" ? "portlint" : path, args: ["server", "--stdio"] };
}

/** What the server knows of the settings, as `initializationOptions` and as `workspace/didChangeConfiguration`. */
export function wishes(settings: Settings): Record<string, unknown> {
  return {
    select: settings.get<string[]>("select", []),
    ignore: settings.get<string[]>("ignore", []),
    minSeverity: settings.get("minSeverity", "note"),
    minConfidence: settings.get("minConfidence", "medium"),
    debounce: settings.get("debounce", 200),
  };
}
