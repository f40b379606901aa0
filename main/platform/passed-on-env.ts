/**
 * Variables that a program we start may need and that are no credentials. Exact names: the operator names token refs as he
 * likes, also `BOT_BOTTLE_CLAUDE_OAUTH_TOKEN`, and any process of the user can read another's environment (ENV-3).
 */
const PASSED_ON = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR", "TZ"],
  ...["LANG", "LANGUAGE", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME"],
  ...["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "DESKTOP_SESSION", "BROWSER"],
  ...["XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_DATA_DIRS", "XDG_CONFIG_DIRS"],
  // Input methods and scale of what shows a window.
  ...["XMODIFIERS", "GTK_IM_MODULE", "QT_IM_MODULE", "GTK_THEME", "GDK_BACKEND", "GDK_SCALE", "GDK_DPI_SCALE"],
  ...["XDG_CURRENT_DESKTOP", "XDG_SESSION_DESKTOP", "XDG_SESSION_TYPE"],
  ...["BOT_BOTTLE_HOME", "BOT_BOTTLE_RUNTIME", "BOT_BOTTLE_CHROMIUM", "BOT_BOTTLE_HEADLESS", "BOT_BOTTLE_EXTRA_CA"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"],
  // Without these no program starts on Windows.
  ...["SystemRoot", "windir", "ComSpec", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramFiles"],
];

/** The environment for a program we start: what is passed on to all, and the `further` variables this one needs by name. */
export function passedOnEnv(env: Readonly<NodeJS.ProcessEnv>, further: readonly string[] = []): NodeJS.ProcessEnv {
  const given = [...PASSED_ON, ...further].filter((name) => env[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, env[name]]));
}

/**
 * Takes the environment over from a process whose runtime starts programs of its own with whatever is there: gives all of it,
 * and leaves behind only what is passed on.
 */
export function takeEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const all = { ...env };
  const passedOn = passedOnEnv(env);
  for (const name of Object.keys(all)) if (!Object.hasOwn(passedOn, name)) delete env[name];
  return all;
}
