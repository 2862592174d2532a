import { runShim } from '../bootstrap/run-shim.ts';
import { sandshimProgram } from '../engine/sandshim-program.ts';
import { packageVersion } from '../version.ts';

// The launcher says which runtime its name stands for; the arguments after it are containerd's.
const [runtime, ...argv] = process.argv.slice(2);
await runShim(sandshimProgram(runtime === 'runc' ? 'runc' : 'runsc', packageVersion()), argv);
