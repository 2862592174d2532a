import { setUpMachine } from '../setup/machine.ts';

/** Brings to this machine all that the demo and the integration tests need. */
export async function run(): Promise<void> {
  await setUpMachine({ wanted: 'the set-up', laterSuites: true });
}
