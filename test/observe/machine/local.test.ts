/** The machine on which burn runs. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LocalMachine } from '../../../src/observe/machine/local.ts'
import { statOf, systemOf } from './systems.ts'

describe('this machine', () => {
  test('finds processes by pid and by the names of kernel, command and program, with a version; never burn itself', async () => {
    const files = {
      '/proc/1/comm': 'init\n',
      '/proc/1/stat': statOf(1, 'init', 100),
      '/proc/77/comm': 'MainThread\n',
      '/proc/77/cmdline': '/usr/bin/python3.13\0app.py\0',
      '/proc/77/stat': statOf(77, 'MainThread', 100),
      '/proc/78/comm': 'x\n',
      '/proc/78/exe': '/opt/node',
      '/proc/78/stat': statOf(78, 'x', 0),
      '/proc/79/comm': 'MainThread\n',
      '/proc/79/stat': statOf(79, 'MainThread', 0),
      [`/proc/${process.pid}/comm`]: 'node\n',
      [`/proc/${process.pid}/stat`]: statOf(process.pid, 'node', 1),
    }
    const found = async (...asked: string[]) =>
      (await new LocalMachine(asked, systemOf(files)).processes())?.map((row) => [row.pid, row.asked])
    expect(await found('python')).toEqual([[77, 'python']])
    expect(await found('node')).toEqual([[78, 'node']])
    expect(await found('pyth', 'ode', 'in')).toEqual([])
    expect(await found('1', '999')).toEqual([[1, '1']])
    const names = async (...asked: string[]) =>
      (await new LocalMachine(asked, systemOf(files)).processes())?.map(({ name }) => name)
    // Every process of Node is called MainThread by the kernel, so those have the name of their command.
    expect(await names('1', '77', '78', '79')).toEqual(['init', 'python3.13', 'x', 'MainThread'])
    expect(await found(String(process.pid))).toEqual([[process.pid, String(process.pid)]])
  })

  test.each(['darwin', 'win32', 'freebsd'] as const)('on %s tells what Node knows, and the rest is unknown', async (platform) => {
    const machine = new LocalMachine(['node'], systemOf({}, platform))
    const { gauges, counters, cpuTime } = await machine.read()
    expect(cpuTime?.all).toBeGreaterThan(0)
    expect(gauges.load1 === undefined).toBe(platform === 'win32')
    expect(gauges.memory === undefined).toBe(platform !== 'win32')
    expect(gauges.connections).toBeUndefined()
    expect(counters).toEqual({})
    expect(await machine.processes()).toBeNull()
  })

  test.runIf(process.platform === 'linux')('tells what /proc tells', async () => {
    const { gauges, bootedAt } = await new LocalMachine().read()
    const total = Number(/MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024
    expect((gauges.memory_bytes ?? 0) / (gauges.memory ?? 1)).toBeCloseTo(total, -4)
    expect(bootedAt).toBe(Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]))
    expect(gauges.disk).toBeGreaterThan(0)
  })
})
