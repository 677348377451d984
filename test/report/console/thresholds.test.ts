import { expect, test } from 'vitest'
import { observedText } from '../../../src/report/console/thresholds.ts'
import { threshold } from '../results.ts'

test.each([
  [{ state: 'passed' }, '413ms'],
  [{ state: 'passed', samples: 20, samplesNeeded: 1000 }, 'passed: 20 of 1,000 samples'],
  [{ state: 'no_samples', samples: 0, samplesNeeded: 1 }, 'no samples'],
  [{ state: 'skipped', samples: 20, samplesNeeded: 1000 }, 'skipped'],
  [{ state: 'failed', fewSamples: true }, '~413ms'],
] as const)('what %j observed is %j', (over, text) => expect(observedText(threshold('ttft p95 < 1s', over))).toBe(text))
