/** Flags of what is asked beside the load, as rows of the table of `burn run`. */
export const BESIDE = {
  observe: {
    flags: '--observe <url>',
    help: 'read the metrics of the model server there beside the load, or auto for /metrics of the target; may be repeated',
    env: true,
    many: true,
  },
  monitor: { flags: '--monitor', help: 'watch the machine of burn beside the load: CPU, memory, disk, network', env: true },
  monitorFrom: {
    flags: '--monitor-from <url>',
    help: 'watch the machine of this node-exporter, such as http://db-1:9100; may be repeated',
    env: true,
    many: true,
  },
  health: {
    flags: '--health <url>',
    help: 'ask this address before and during the load whether the target is well, or name=address; may be repeated',
    env: true,
    many: true,
  },
  requireHealthy: {
    flags: '--require-healthy',
    help: 'start no load when a health check fails (requireHealthy)',
    env: true,
    path: ['requireHealthy'],
  },
} as const

/** Returns a health check as a scenario has it: `name=http://…`, or an address alone. */
export function healthEntry(text: string): string | { readonly name: string; readonly url: string } {
  const [, name, url] = /^([\w.-]+)=(https?:\/\/.*)$/i.exec(text) ?? []
  return name === undefined || url === undefined ? text : { name, url }
}
