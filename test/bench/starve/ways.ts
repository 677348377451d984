/** The ways in which the benchmark starves burn. Whatever is started ends by itself, also when the benchmark is killed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The longest time that anything which disturbs may last, in seconds. */
const LONGEST_S = 60

/** One way to starve burn. */
export interface Way {
  readonly name: string
  /** Words before burn's command line. */
  readonly prefix?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Size of each reply, in bytes. */
  readonly bytes?: number
  /** Why this machine does not allow it; undefined when it does. */
  readonly impossible?: () => string | undefined
  /** Prepares a burn that has just been started; its load has not begun. */
  prepare?(pid: number): void
  /** Begins to starve, once the load is under way. Returns what ends that. */
  begin(burn: ChildProcess, folder: string): () => void
  /** Called when burn has ended. */
  clear?(): void
}

const works = (...[file = '', ...args]: readonly string[]) => spawnSync(file, args, { stdio: 'ignore' }).status === 0

/** Runs shell commands until they are ended. */
function background(count: number, script: string, prefix: readonly string[] = []): () => void {
  const [file = '', ...args] = [...NORMAL, ...prefix, 'timeout', '-k', '1', String(LONGEST_S), 'sh', '-c', script]
  // Each is the head of a group of processes, so that all of the group is ended.
  const all = Array.from({ length: count }, () => spawn(file, args, { stdio: 'ignore', detached: true }))
  return () => {
    for (const { pid } of all) if (pid !== undefined) killGroup(pid)
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // It has ended already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Takes back the priority that the benchmark has so that its own timers are punctual; empty when it has none. */
const NORMAL = works('nice', '-n', '-20', 'true') ? ['nice', '-n', '20'] : []
/** Words before a command that runs with normal priority. */
export const normally = NORMAL

/** Starts processes that use all CPU they get. Returns what ends them. */
export const busyLoops = (count: number, prefix: readonly string[] = []) => background(count, 'while :; do :; done', prefix)

const neighbours = (perCore: number): Way => ({
  name: `${perCore} busy neighbours per core`,
  begin: () => busyLoops(perCore * availableParallelism()),
})

/** Stops burn for `stopMs` of every `everyMs`, `times` times at most. */
const stopped = (name: string, stopMs: number, everyMs: number, times = Number.POSITIVE_INFINITY): Way => ({
  name,
  begin(burn) {
    let isOver = false
    const slices = async () => {
      for (let round = 0; round < times && !isOver; round += 1) {
        burn.kill('SIGSTOP')
        await sleep(stopMs)
        burn.kill('SIGCONT')
        await sleep(everyMs - stopMs)
      }
    }
    void slices()
    return () => {
      isOver = true
      burn.kill('SIGCONT')
    }
  },
})

const PERIOD_US = 100_000
/** A control group of our own, in version 1 or 2; what is written to it is its quota in microseconds of each period, or none. */
const GROUPS = [
  { root: '/sys/fs/cgroup/cpu', file: 'cpu.cfs_quota_us', text: (us: number | undefined) => String(us ?? -1) },
  { root: '/sys/fs/cgroup', file: 'cpu.max', text: (us: number | undefined) => `${us ?? 'max'} ${PERIOD_US}` },
].map((group) => ({ ...group, folder: join(group.root, `burn-starve-${process.pid}`) }))

/** Makes the control group, and returns it; undefined where none with a limit on CPU can be made. */
function controlGroup(): (typeof GROUPS)[number] | undefined {
  return GROUPS.find(({ root, folder, file }) => {
    try {
      if (!existsSync(join(root, 'cgroup.procs'))) return false
      mkdirSync(folder, { recursive: true })
      if (existsSync(join(folder, file))) return true
      rmdirSync(folder)
      return false
    } catch {
      return false
    }
  })
}

function quota(percent: number): Way {
  const set = (us: number | undefined) => {
    const group = controlGroup()
    if (group) writeFileSync(join(group.folder, group.file), group.text(us))
  }
  return {
    name: `cgroup quota of ${percent} %`,
    impossible: () => (controlGroup() ? undefined : 'no control group with a limit on CPU can be made here'),
    prepare: (pid) => writeFileSync(join(controlGroup()?.folder ?? '', 'cgroup.procs'), String(pid)),
    begin() {
      set((percent / 100) * PERIOD_US)
      return () => set(undefined)
    },
    clear() {
      const group = controlGroup()
      if (group) rmdirSync(group.folder)
    },
  }
}

const shared = (name: string, ...neighbour: readonly string[]): Way => ({
  name: `one core, shared with ${name}`,
  prefix: ['taskset', '-c', '0'],
  impossible: () =>
    works('taskset', '-c', '0', ...neighbour, 'true') ? undefined : `"taskset -c 0 ${neighbour.join(' ')}" is not allowed here`,
  begin: () => busyLoops(1, ['taskset', '-c', '0', ...neighbour]),
})

/** All ways. */
export const WAYS: readonly Way[] = [
  neighbours(2),
  neighbours(8),
  stopped('stopped 45 of every 90 ms', 45, 90),
  stopped('stopped 5 of every 25 ms', 5, 25),
  stopped('one stop of 300 ms', 300, 300, 1),
  stopped('one stop of 2 s', 2000, 2000, 1),
  quota(50),
  quota(10),
  shared('a neighbour of nice -20', 'nice', '-n', '-40'),
  shared('a SCHED_FIFO neighbour', 'chrt', '-f', '1'),
  {
    name: 'little heap, large replies',
    env: { NODE_OPTIONS: '--max-old-space-size=64 --max-semi-space-size=1' },
    bytes: 500_000,
    begin: () => () => {},
  },
  {
    name: 'a disk that is busy',
    begin: (_burn, folder) =>
      background(2, `while :; do dd if=/dev/zero of=${folder}/busy.$$ bs=64k count=256 oflag=dsync conv=notrunc; done`),
  },
]
