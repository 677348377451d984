import { appendFileSync, mkdirSync, symlinkSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DataError } from '../../src/data/index.ts'
import { csv } from '../data/drawn.ts'
import { dirWith, feeder, take } from '../data/files.ts'

test('files outside of the folder are not opened, by whatever way', async () => {
  const dir = dirWith({ 'secret.csv': 'a\n1\n', 'inside/ok.csv': 'a\n1\n' })
  const root = join(dir, 'inside')
  symlinkSync(join(dir, 'secret.csv'), join(root, 'link.csv'))
  symlinkSync(join(root, 'ok.csv'), join(root, 'good.csv'))
  mkdirSync(join(root, 'folder.csv'))
  for (const file of ['../secret.csv', join(dir, 'secret.csv'), 'link.csv']) {
    await expect(feeder(root, { file })).rejects.toThrow(`${file}: the file is outside of the folder of the scenario`)
  }
  await expect(feeder(root, { file: 'absent.csv' })).rejects.toThrow('absent.csv: there is no such file')
  await expect(feeder(root, { file: 'folder.csv' })).rejects.toThrow('folder.csv: this is not a file')
  for (const file of ['ok.csv', './ok.csv', join(root, 'ok.csv'), 'good.csv']) {
    expect((await feeder(root, { file })).next(0)).toEqual({ a: '1' })
  }
})

test('a file that grows during the run is read as it was; one that shrinks is an error', async () => {
  const dir = dirWith({ 'd.csv': csv(200_000) })
  const path = join(dir, 'd.csv')
  const reading = await feeder(dir, { file: 'd.csv', pick: 'unique' })
  appendFileSync(path, 'extra\n')
  expect(take(reading, 300_000)).toHaveLength(200_000)
  const cut = await feeder(dir, { file: 'd.csv' })
  truncateSync(path, 10)
  expect(() => take(cut, 300_000)).toThrow('d.csv: the file was changed while it was in use')
  expect(() => take(cut, 300_000)).toThrow(DataError)
})
