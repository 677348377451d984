/** Finds out whether burn, a target and a watched machine are the same machine. */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { LocalMachine } from '../../observe/machine/local.ts'
import type { MachineWatch } from '../../observe/machine/machine-watch.ts'
import type { PlannedTarget } from '../../scenario/compile/plan.ts'
import { hostOf } from '../../text/host.ts'

/** Two systems whose boot times differ by at most so many seconds count as the same machine, because clocks are not exact. */
const SAME_BOOT_SECONDS = 2

type Placed = Pick<PlannedTarget, 'name' | 'url'>

/**
 * Finds out, for each machine that `monitor:` watches, whether burn or a target runs on it, and stores the answer in the machine's `place`.
 * `origins` are the addresses of embedded mock servers, by target.
 */
export async function placeMachines(
  machines: readonly MachineWatch[],
  targets: readonly Placed[],
  origins: ReadonlyMap<string, string>,
): Promise<void> {
  if (machines.length === 0) return
  const ofTargets = await Promise.all(
    targets.map(({ name, url }) => addressesOf(origins.get(name) ?? (url.static ? url.render({}) : ''))),
  )
  const { bootedAt } = await new LocalMachine().read()
  for (const machine of machines) {
    const { from } = machine.source
    const withBurn = from === null || isSameBoot(machine.bootedAt, bootedAt)
    const own = withBurn === true ? isOwn : undefined
    const exporter = from === null ? [] : await addressesOf(from)
    machine.place = {
      withBurn,
      withTarget: isThere(ofTargets, own ?? ((address) => exporter.includes(address)), own !== undefined),
    }
  }
}

/**
 * Returns whether two boot times (in s) belong to the same machine; null when one is unknown. Two machines behind a tunnel can have the same address,
 * but hardly the same boot time.
 */
function isSameBoot(one: number | undefined, other: number | undefined): boolean | null {
  return one === undefined || other === undefined ? null : Math.abs(one - other) <= SAME_BOOT_SECONDS
}

/**
 * Returns whether an address of a target matches; null when that is unknown. With `knowsAll`, no match means another machine; otherwise it may be an
 * unknown address of the same machine.
 */
function isThere(targets: readonly string[][], matches: (address: string) => boolean, knowsAll: boolean): boolean | null {
  if (targets.some((addresses) => addresses.some(matches))) return true
  return knowsAll && targets.length > 0 && targets.every((addresses) => addresses.length > 0) ? false : null
}

/** Returns true for loopback addresses and the addresses of this machine. */
function isOwn(address: string): boolean {
  if (/^(?:127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$)/.test(address)) return true
  return Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === address))
}

/** Returns the IP addresses of the host in a URL; an empty list when they cannot be found out. */
async function addressesOf(text: string): Promise<string[]> {
  const url = URL.parse(text)
  const host = url === null ? '' : hostOf(url)
  if (host === '' || isIP(host) > 0) return host === '' ? [] : [host]
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.map(({ address }) => address)
}
