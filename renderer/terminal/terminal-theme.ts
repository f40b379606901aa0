import type { ITheme } from "@xterm/xterm";

const dark: ITheme = {
  background: "#0b0d10",
  foreground: "#d9dee6",
  cursor: "#d9dee6",
  cursorAccent: "#0b0d10",
  selectionBackground: "#2f4a80",
  selectionInactiveBackground: "#2a3446",
  black: "#1d222a",
  red: "#ec7285",
  green: "#5ec28a",
  yellow: "#e0b15a",
  blue: "#7aa2f7",
  magenta: "#bb9af7",
  cyan: "#6fb7d9",
  white: "#c7cdd7",
  brightBlack: "#7d8695",
  brightRed: "#ff8fa0",
  brightGreen: "#7fdba6",
  brightYellow: "#f2c878",
  brightBlue: "#9dbcff",
  brightMagenta: "#d0b6ff",
  brightCyan: "#93d2ee",
  brightWhite: "#f4f6f9",
};

const light: ITheme = {
  background: "#ffffff",
  foreground: "#1d232c",
  cursor: "#1d232c",
  cursorAccent: "#ffffff",
  selectionBackground: "#bdd0f7",
  selectionInactiveBackground: "#dde3ec",
  black: "#14181f",
  red: "#b3243f",
  green: "#17693b",
  yellow: "#7d5200",
  blue: "#2a5bd0",
  magenta: "#7b3fc4",
  cyan: "#0e6a86",
  white: "#5b6574",
  brightBlack: "#6b7584",
  brightRed: "#c9304d",
  brightGreen: "#1f7d48",
  brightYellow: "#946300",
  brightBlue: "#3a6be0",
  brightMagenta: "#8d52d6",
  brightCyan: "#147c9c",
  brightWhite: "#14181f",
};

export function terminalTheme(theme: "dark" | "light"): ITheme {
  return theme === "dark" ? dark : light;
}
