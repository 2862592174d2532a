import { describe, test } from 'vitest';
import { spawnCommand } from './spawn-command.ts';
import { spawnerCompliance } from './testing/index.ts';

describe("Node's own way to start a command", () => {
  for (const { name, run } of spawnerCompliance(async () => spawnCommand)) test(name, run, 60_000);
});
