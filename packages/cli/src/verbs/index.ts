import type { Verb } from '../program/verb.ts';
import { hostVerbs } from './host.ts';

/** Every verb, in the order of the help. */
export const verbs: readonly Verb[] = [...hostVerbs];
