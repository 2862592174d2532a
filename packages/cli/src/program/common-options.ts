import type { OptionSpec } from './verb.ts';

/** Which containers a verb looks at. */
export const scopeOptions: readonly OptionSpec[] = [
  { flags: '-n, --namespace <name>', description: 'containerd namespace (CONTAINERD_NAMESPACE, else default)' },
  { flags: '-A, --all-namespaces', description: 'every namespace' },
  { flags: '--address <socket>', description: "containerd's socket (CONTAINERD_ADDRESS)" },
  { flags: '--state <folder>', description: "containerd's state folder (by default the folder of its socket)" },
  { flags: '--root <folder>', description: "sandshim's own state folder (SANDSHIM_ROOT, else /run/sandshim)" },
];

/** How a verb shows what it found. */
export const outputOptions: readonly OptionSpec[] = [
  { flags: '--json', description: 'print JSON' },
  { flags: '--format <template>', description: 'print a line per row: {{.Field}}, {{json .}}, {{json .Field}}' },
];

export const quietOption: OptionSpec = { flags: '-q, --quiet', description: 'print ids only' };

/** Options of every verb. */
export const everyVerbOptions: readonly OptionSpec[] = [
  { flags: '--debug', description: 'show the stack of an error' },
];
