import type { Row } from '../lib/row.ts';
import { execByCtr, execOneByOne, execParallel } from './exec.ts';
import { lifecycle } from './lifecycle.ts';
import { growth, memoryOfOne, memoryOfPod, memoryOfSpare, memoryOfTwenty, type Settling } from './memory.ts';
import { rpc } from './rpc.ts';
import { run } from './run.ts';
import { start } from './start.ts';
import { stdout } from './stdout.ts';

/** All rows, in the order of a container's life. */
export function allRows(settling: Settling): readonly Row[] {
  return [
    ...[start, run, lifecycle, execOneByOne, execParallel, execByCtr, rpc, stdout],
    ...[memoryOfOne, memoryOfTwenty, memoryOfPod, memoryOfSpare, growth].map((row) => row(settling)),
  ];
}
