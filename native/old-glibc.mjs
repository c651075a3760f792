// Links against the glibc that is installed as if it were an old one, so that a binary made on a new distribution
// loads on every distribution that an official Node binary runs on. The linker binds a symbol to the newest version
// of it (pthread_create@GLIBC_2.34); here it sees stand-ins of libc and libm that only have versions up to a limit.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const isNewer = (a, b) => a[0] > b[0] || (a[0] === b[0] && a[1] > b[1])

const versionsOf = (objdumpOutput) =>
  [...objdumpOutput.matchAll(/^\S+ .{7}\s(\S+)\s+\S+\s+\(?GLIBC_((\d+)\.(\d+)[.\d]*)\)?\s+(\S+)$/gm)].map(
    ([, section, text, major, minor, symbol]) => ({
      section,
      symbol,
      text,
      version: [Number(major), Number(minor)],
    }),
  )

const newestUpTo = (limit, versions) => {
  const chosen = new Map()
  for (const entry of versions) {
    if (entry.section === '*UND*' || entry.section === '*ABS*' || isNewer(entry.version, limit)) continue
    const other = chosen.get(entry.symbol)
    if (!other || isNewer(entry.version, other.version)) chosen.set(entry.symbol, entry)
  }
  return [...chosen.values()]
}

// Only names, kinds and versions of a stand-in are ever read; the code behind a name is never run.
const standIn = (entries) => {
  const code = entries.map(({ section, symbol, text }, index) => {
    const isData = /bss|data/.test(section)
    const place = `.section ${/^\.t(bss|data)/.test(section) ? '.tdata,"awT"' : isData ? '.data' : '.text'}`
    return `${place}\n.globl s${index}\n.type s${index}, %${isData ? 'object' : 'function'}\n.size s${index}, 8\ns${index}: .zero 8\n.symver s${index}, ${symbol}@@GLIBC_${text}, remove\n`
  })
  const names = [...new Set(entries.map(({ text }) => `GLIBC_${text} {};`))]
  return { assembly: code.join(''), versionScript: `${names.join('\n')}\n` }
}

/**
 * Prepares `folder` for one compiler.
 * @param {{ compiler: string, objdump: string, limit: [number, number], folder: string, run: (command: string, args: string[]) => string }} options
 * @returns {{ linkerFlags: string, isTooNew: (symbol: string) => boolean }} flags to put before everything else; whether a symbol that a
 *   linked library asks for without a version is one of glibc's that came after the limit
 */
export const prepareOldGlibc = ({ compiler, objdump, limit, folder, run }) => {
  mkdirSync(folder, { recursive: true })
  const path = (name) => run(compiler, [`-print-file-name=${name}`]).trim()
  const known = new Set()
  const tooNew = new Set()
  for (const library of ['libc.so.6', 'libm.so.6']) {
    const all = versionsOf(run(objdump, ['-T', path(library)]))
    const entries = newestUpTo(limit, all)
    for (const { symbol } of entries) known.add(symbol)
    for (const { symbol } of all) if (!entries.some((entry) => entry.symbol === symbol)) tooNew.add(symbol)
    const { assembly, versionScript } = standIn(entries)
    writeFileSync(join(folder, `${library}.s`), assembly)
    writeFileSync(join(folder, `${library}.map`), versionScript)
    run(compiler, [
      ...[
        '-shared',
        '-nostdlib',
        `-Wl,-soname,${library}`,
        `-Wl,--version-script=${join(folder, `${library}.map`)}`,
      ],
      ...['-o', join(folder, library), join(folder, `${library}.s`)],
    ])
  }
  const loader = ['ld-linux-x86-64.so.2', 'ld-linux-aarch64.so.1']
    .map(path)
    .find((name) => name.includes('/'))
  const libc = `${join(folder, 'libc.so.6')} ${path('libc_nonshared.a')}`
  writeFileSync(join(folder, 'libc.so'), `GROUP ( ${libc} AS_NEEDED ( ${loader} ) )\n`)
  writeFileSync(join(folder, 'libm.so'), `GROUP ( ${join(folder, 'libm.so.6')} )\n`)
  const compile = ['-c', '-O2', '-fPIC', '-fvisibility=hidden', '-fno-exceptions', '-fno-threadsafe-statics']
  run(compiler, [
    ...compile,
    '-o',
    join(folder, 'old_glibc.o'),
    join(dirname(fileURLToPath(import.meta.url)), 'old_glibc.cc'),
  ])
  // libgcc_s before libgcc_eh.a: the static unwinder wants _dl_find_object of glibc 2.35, and Node brings the shared one.
  const flags = [
    `-L${folder}`,
    join(folder, 'old_glibc.o'),
    '-Wl,--push-state,--no-as-needed',
    '-lgcc_s',
    '-Wl,--pop-state',
  ]
  return { linkerFlags: flags.join(' '), isTooNew: (symbol) => tooNew.has(symbol) && !known.has(symbol) }
}
