/** What `npm pack` ships, and so what an install holds: burn has no dependencies, its libraries are in the files of dist/. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ROOT } from './harness.ts'

const DIST = join(ROOT, 'dist')
const built = readdirSync(DIST).filter((name) => name.endsWith('.cjs'))
interface Bill {
  readonly components: readonly {
    readonly name: string
    readonly version: string
    readonly purl: string
    readonly properties: readonly { readonly name: string; readonly value: string }[]
  }[]
}
const listed: Bill = JSON.parse(readFileSync(join(DIST, 'sbom.cdx.json'), 'utf8'))

describe('the package', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )

  test('installs nothing beside itself, at most 9 MB in 300 files', () => {
    expect(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))).not.toHaveProperty('dependencies')
    expect(packed.unpackedSize).toBeLessThan(9_000_000)
    expect(packed.entryCount).toBeLessThan(300)
  })

  test('holds all built files and no compiled code of this machine', () => {
    const files: string[] = packed.files.map(({ path }: { path: string }) => path)
    expect(files.filter((path) => path.startsWith('dist/')).sort()).toEqual(
      [...built, 'burn.cjs.map.gz', 'LICENSES.txt', 'sbom.cdx.json'].map((name) => `dist/${name}`).sort(),
    )
  })
})

describe('the built files', () => {
  test('hold every library once', () => {
    const holders = listed.components.map(({ properties }) => properties.find(({ name }) => name === 'burn:files')?.value)
    expect(holders.length).toBeGreaterThan(40)
    expect(holders.filter((file) => !built.includes(file ?? ''))).toEqual([])
  })

  test('come with the licence of every library', () => {
    const licences = readFileSync(join(DIST, 'LICENSES.txt'), 'utf8')
    const heads = new Set(Array.from(licences.matchAll(/(?:^|-{80}\n\n)(\S+) \d+\.\d+\.\S+\n/g), ([, name]) => name))
    expect(listed.components.map(({ name }) => name).filter((name) => !heads.has(name))).toEqual([])
  })

  test('list the libraries of burn.cjs, whose map names them', () => {
    const map = JSON.parse(gunzipSync(readFileSync(join(DIST, 'burn.cjs.map.gz'))).toString())
    const named = Array.from(map.sources.join('\n').matchAll(/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//g), ([, name]) => name)
    const inMain = listed.components.filter(({ properties }) => properties.some(({ value }) => value === 'burn.cjs'))
    expect([...new Set(named)].sort()).toEqual([...new Set(inMain.map(({ name }) => name))].sort())
  })

  test('come with a list of every library (SBOM), as npm knows them', () => {
    expect(listed).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'token-burn', type: 'application' } } })
    const known: { components: { purl: string }[] } = JSON.parse(
      execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--offline'], {
        cwd: ROOT,
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      }),
    )
    const purls = new Set(known.components.map(({ purl }) => purl.split('?')[0]))
    expect(listed.components.filter(({ purl }) => !purls.has(purl))).toEqual([])
  })

  test('are ASCII, as the loader reads them', () => {
    for (const file of built) expect(readFileSync(join(DIST, file)).every((byte) => byte < 0x80)).toBe(true)
  })
})
