import { type Check, type Finding, fail, ok, warn } from '../check.ts';
import { runscTomlFiles } from '../runsc-toml-files.ts';

/** runsc's kvm platform needs /dev/kvm, and in a virtual machine often hangs rather than fails. */
export const platformCheck: Check = {
  id: 'platform',
  title: 'runsc platform',
  probe: async (context) => {
    const { host } = context;
    const files = await runscTomlFiles(context);
    const asking = files.filter(({ toml }) => toml.platform === 'kvm');
    const findings: Finding[] = [];
    for (const { path } of asking) {
      const advice = `set platform = "systrap" (runsc before 2023: "ptrace") below [runsc_config] in ${path}`;
      if ((await host.info('/dev/kvm')) === undefined) {
        findings.push(fail(`${path} asks for kvm, but there is no /dev/kvm`, advice));
      } else if (/^flags\s*:.*\bhypervisor\b/m.test((await host.readText('/proc/cpuinfo')) ?? '')) {
        findings.push(warn(`${path} asks for kvm inside a virtual machine, where sandboxes may hang`, advice));
      }
    }
    if (findings.length > 0) return findings;
    const chosen = new Set(files.flatMap(({ toml }) => toml.platform ?? []));
    return chosen.size === 0 ? [ok("runsc's default")] : [ok([...chosen].join(', '))];
  },
};
