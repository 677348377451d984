import { expect, test } from 'vitest'
import { CpuEnergy } from '../../../src/observe/machine/cpu-energy.ts'

const ROOT = '/sys/class/powercap'

/** The files of two CPUs with these counters in microjoules, and zones that are no CPUs of their own. */
function filesOf(first: string | undefined, second: string | undefined) {
  const zone = (name: string, own: string, energy: string | undefined) => ({
    [`${ROOT}/${name}/name`]: `${own}\n`,
    [`${ROOT}/${name}/max_energy_range_uj`]: '262143328850\n',
    ...(energy !== undefined && { [`${ROOT}/${name}/energy_uj`]: `${energy}\n` }),
  })
  return {
    ...zone('intel-rapl:0', 'package-0', first),
    ...zone('intel-rapl:1', 'package-1', second),
    ...zone('intel-rapl:2', 'psys', '900'),
    ...zone('intel-rapl:0:0', 'core', '800'),
    ...zone('intel-rapl-mmio:0', 'package-0', first),
  }
}

function energy() {
  let files: Readonly<Record<string, string>> = {}
  const names = async () => [...new Set(Object.keys(files).map((path) => path.split('/')[4] ?? ''))]
  const reader = new CpuEnergy({ text: async (path) => files[path], names })
  return (now: typeof files) => {
    files = now
    return reader.read()
  }
}

test('joules of each CPU, without its parts and without what holds it', async () => {
  expect(await energy()(filesOf('1500000', '250000000'))).toEqual(
    new Map([
      ['intel-rapl:0', 1.5],
      ['intel-rapl:1', 250],
    ]),
  )
})

test('a counter that begins anew goes on growing', async () => {
  const read = energy()
  await read(filesOf('262143000000', '0'))
  const [first] = (await read(filesOf('1000000', '0')))?.values() ?? []
  expect(first).toBeCloseTo(262_144.32885, 5)
  const [again] = (await read(filesOf('500000', '0')))?.values() ?? []
  expect(again).toBeCloseTo(2 * 262_143.32885 + 0.5, 5)
})

test.each([
  ['no such folder', {}],
  ['files that only root may read', filesOf(undefined, undefined)],
  ['no numbers', filesOf('unknown', '')],
])('%s: nothing is known', async (_, files) => {
  expect(await energy()(files)).toBeUndefined()
})

test('one that can be read counts beside one that cannot', async () => {
  expect(await energy()(filesOf('2000000', undefined))).toEqual(new Map([['intel-rapl:0', 2]]))
})
