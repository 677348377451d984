/** Computes what the users of a run need of this machine (open files, ports, memory), and where it has too little. */
import { isIP } from 'node:net'
import {
  IDLE_USER_BYTES,
  OTHER_FILES,
  PORT_SHARE,
  type PortUse,
  portUses,
  socketsEach,
  socketsOf,
} from '../../engine/schedule/user-limit.ts'
import type { MachineLimits } from '../../machine.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { hostOf } from '../../text/host.ts'
import { formatBytes, formatGrouped } from '../../text/units.ts'

/** The memory, in bytes, that a burn process takes before it simulates any user. */
export const BASE_MEMORY_BYTES = 165 * 1024 * 1024
/** The share of its heap that a process can fill before garbage collection takes all of its time (0.8 is 80 %). */
const HEAP_SHARE = 0.8
/** The largest number of processes that `--workers` starts. */
const MOST_WORKERS = 64

type Needing = Pick<Plan, 'targets' | 'wireFaults'>

/** Returns how many sockets burn has open at the same time for a number of users, including the sockets of relays that inject faults. */
export function socketsFor({ targets, wireFaults }: Needing, users: number): number {
  return targets.reduce((sum, target) => sum + socketsOf(target, users) * socketsEach(target, wireFaults), 0)
}

/**
 * Returns what this machine needs to keep open the connections of a number of users while they are idle: open files, memory in bytes, burn
 * processes, and local IP addresses.
 */
export function needsOf(plan: Needing, users: number, machine: MachineLimits) {
  const sockets = socketsFor(plan, users)
  const ports = (machine.localPorts ?? Number.POSITIVE_INFINITY) * PORT_SHARE
  const most = Math.max(0, ...portUses(plan.targets, users, plan.wireFaults).map(({ connections }) => connections))
  const perProcess = (machine.openFiles ?? Number.POSITIVE_INFINITY) - OTHER_FILES
  const ofFiles = perProcess > 0 ? Math.ceil(sockets / perProcess) : Number.POSITIVE_INFINITY
  const processes = Math.max(1, ofFiles, Math.ceil((users * IDLE_USER_BYTES) / (machine.heapBytes * HEAP_SHARE)))
  return {
    openFiles: sockets + OTHER_FILES,
    localAddresses: Math.max(1, Math.ceil(most / ports)),
    memoryBytes: users * IDLE_USER_BYTES + processes * BASE_MEMORY_BYTES,
    processes,
  }
}

/** Returns a line of `burn plan`: how many open files, how much memory and how many local addresses the users need. */
export function needsText(
  users: number,
  { openFiles, localAddresses, memoryBytes, processes }: ReturnType<typeof needsOf>,
): string {
  const several = (count: number, one: string, many: string) => `${formatGrouped(count)} ${count === 1 ? one : many}`
  const spread = Number.isFinite(processes) ? `, ${several(processes, 'process', 'processes (--workers)')}` : ''
  return `${several(users, 'idle user takes', 'idle users take')} ${formatGrouped(openFiles)} open files, ${several(localAddresses, 'local address', 'local addresses')}, about ${formatBytes(memoryBytes)} of memory${spread}`
}

/**
 * The number of processes that share the users, and the number of addresses of the target's host name, over which connections are spread; left out
 * when the name was not looked up.
 */
interface ProcessSpread {
  readonly processes?: number
  readonly remotes?: number
}

/**
 * Returns a sentence for each resource (open files, local ports) of which this machine has too little for a number of users. Each sentence says what
 * to do about it.
 */
export function shortages(
  plan: Needing,
  users: number,
  machine: MachineLimits,
  { processes = 1, remotes }: ProcessSpread = {},
): string[] {
  return [...fileShortage(plan, users, machine, processes), ...portShortages(plan, users, machine, remotes)]
}

function fileShortage(plan: Needing, users: number, { openFiles }: MachineLimits, processes: number): string[] {
  const sockets = socketsFor(plan, Math.ceil(users / processes))
  if (openFiles === null || sockets + OTHER_FILES <= openFiles) return []
  const workers = Math.ceil(socketsFor(plan, users) / Math.max(1, openFiles - OTHER_FILES))
  const share = workers > MOST_WORKERS ? '' : `, or share the load among ${workers} processes (--workers ${workers})`
  const each = processes === 1 ? '' : ` in each of ${processes} processes`
  return [
    `up to ${sockets} sockets${each}, but only ${openFiles} open files are allowed: raise it with \`ulimit -n ${sockets + OTHER_FILES}\`${share}`,
  ]
}

function portShortages(
  { targets, wireFaults }: Needing,
  users: number,
  { localPorts }: MachineLimits,
  remotes: number | undefined,
): string[] {
  if (localPorts === null) return []
  // A local port can have one connection to each address of the target at the same time.
  const ports = localPorts * (remotes ?? 1)
  return portUses(targets, users, wireFaults).flatMap((use) => {
    if (use.connections <= ports * use.addresses) return []
    const shortage = portShortage(use, ports, localPorts)
    return [remotes === undefined && isName(use.place) ? `${shortage}; ${NOT_LOOKED_UP}` : shortage]
  })
}

const NOT_LOOKED_UP = 'the name was not looked up: if it has several addresses, each has as many ports'

/** True for a host and port whose host is a name that may have several addresses. */
function isName(place: string): boolean {
  const [, hostname] = /^(.+):\d+$/.exec(place) ?? []
  return hostname !== undefined && hostname !== 'localhost' && isIP(hostOf({ hostname })) === 0
}

/** Returns the sentence about too few local ports. `ports` is how many connections one local address can have to the target. */
function portShortage({ place, connections, addresses }: PortUse, ports: number, localPorts: number): string {
  const needed = Math.ceil(connections / (ports * PORT_SHARE))
  const isLoopback = /^(localhost|127\.)/.test(place)
  const example = isLoopback ? `, such as 127.0.1.1-127.0.1.${needed}` : ''
  const have =
    addresses === 1 ? `only ${localPorts} local ports` : `only ${localPorts} local ports for each of ${addresses} local addresses`
  return `up to ${connections} connections to ${place}, but ${have} (net.ipv4.ip_local_port_range): list ${needed} addresses of this machine in localAddresses of the target${example}, or use fewer connections`
}
