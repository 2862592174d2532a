// In the kernel's order: the index is the capability's number.
const names = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_ADMIN',
  'NET_RAW',
  'IPC_LOCK',
  'IPC_OWNER',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_PACCT',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_NICE',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'MKNOD',
  'LEASE',
  'AUDIT_WRITE',
  'AUDIT_CONTROL',
  'SETFCAP',
  'MAC_OVERRIDE',
  'MAC_ADMIN',
  'SYSLOG',
  'WAKE_ALARM',
  'BLOCK_SUSPEND',
  'AUDIT_READ',
  'PERFMON',
  'BPF',
  'CHECKPOINT_RESTORE',
].map((name) => `CAP_${name}`);

/** A set of capabilities as the kernel counts them: bit n is capability n. At most 41 bits, so a number holds it exactly. */
export function capabilitySet(
  capabilities: readonly string[],
  options: { readonly lastCapability: number; readonly without?: readonly string[] },
): number | undefined {
  const bits = new Set<number>();
  for (const capability of capabilities) {
    const bit = names.indexOf(capability);
    if (bit < 0 || bit > options.lastCapability) return undefined;
    if (!options.without?.includes(capability)) bits.add(bit);
  }
  return [...bits].reduce((sum, bit) => sum + 2 ** bit, 0);
}
