import { expect, test } from 'vitest'
import { ProcessFigures } from '../../../src/observe/machine/process-figures.ts'

test('the mean CPU use is the CPU time that was used, divided by the whole time, however far apart the readings are', () => {
  const figures = new ProcessFigures()
  const look = (atMs: number, cpuSeconds: number) =>
    figures.take([{ asked: 'app', pid: 7, name: 'app', startedAt: '1', cpuSeconds, rssBytes: 1000 }], atMs)
  look(0, 10)
  look(1500, 10.5)
  // a reading that came late, so that the one after it is near
  look(1600, 11)
  look(3000, 13)
  expect(figures.read()).toMatchObject([{ pid: 7, fromMs: 0, untilMs: 3000, cpu: { count: 3, mean: 1 } }])
  expect(figures.figures('process_cpu', 'app')?.[0]?.mean).toBeCloseTo(1)
})
