import type { Verb } from '../program/verb.ts';
import { actVerbs } from './act.ts';
import { hostVerbs } from './host.ts';
import { hiddenVerbs, runVerbs } from './run.ts';
import { seeVerbs } from './see.ts';

/** Every verb, in the order of the help. */
export const verbs: readonly Verb[] = [...runVerbs, ...seeVerbs, ...actVerbs, ...hostVerbs, ...hiddenVerbs];
