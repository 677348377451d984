/** The flags of `burn run` for what is observed during the load: servers, machines and health checks. */
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

/** Converts the value of `--health`, an address or `name=address`, to an entry of the scenario key `health`. */
export function healthEntry(text: string): string | { readonly name: string; readonly url: string } {
  const [, name, url] = /^([\w.-]+)=(https?:\/\/.*)$/i.exec(text) ?? []
  return name === undefined || url === undefined ? text : { name, url }
}
