/** Silence as a WAV file. */
import { expect, test } from 'vitest'
import { silentWav } from '../../src/payloads/silence.ts'
import { soundLengthMs } from '../../src/payloads/sound-length.ts'

test.each([0, 1, 250, 2000])('silence of %s ms', (ms) => expect(soundLengthMs(silentWav(ms))).toBe(ms))
