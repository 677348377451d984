/** A message in the form of Discord. */
import { expect, test } from 'vitest'
import { discord } from '../../../src/notify/formats/discord.ts'
import { hostile } from './hostile.ts'

test('Discord: Markdown is shown as it is, nobody is mentioned, within the limits', () => {
  const { embeds, allowed_mentions } = discord(hostile)
  expect(allowed_mentions).toEqual({ parse: [] })
  expect(embeds[0]?.title).toMatch(/^\\<!everyone\\> \\@here \\\*a\\\*/)
  expect(embeds[0]?.title.length).toBeLessThanOrEqual(256)
  expect(embeds[0]?.fields[0]?.value.length).toBeLessThanOrEqual(1024)
  expect(embeds[0]?.title).toMatch(/😀…$/)
})
