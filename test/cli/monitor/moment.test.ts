import { expect, test } from 'vitest'
import { momentLine } from '../../../src/cli/monitor/moment.ts'
import type { MachineSource, WatchedProcess } from '../../../src/observe/machine/local.ts'
import { MachineWatch } from '../../../src/observe/machine/machine-watch.ts'

const processOf = (pid: number): WatchedProcess => ({
  ...{ pid, name: 'node', asked: 'node', cpuSeconds: 0, startedAt: '5', rssBytes: null },
})

test('a moment names five processes, and counts the others', async () => {
  const source: MachineSource = {
    ...{ from: null, host: 'here' },
    read: async () => ({ gauges: {}, counters: {} }),
    processes: async () => Array.from({ length: 50 }, (_, i) => processOf(i + 1)),
    close: async () => {},
  }
  const machine = new MachineWatch(source, 1000)
  await machine.begin()
  const facts = momentLine(1000, { machine, health: [] }, (text) => text).split(' · ')
  expect(facts.filter((fact) => fact.startsWith('node ('))).toHaveLength(5)
  expect(facts.at(-1)).toBe('45 less busy processes')
})
