import { availableParallelism, hostname, version as kernelVersion, release, type } from 'node:os'
import { formatTags } from '../../pprof/tags'
import type { UploadEvent } from '../../pprof/upload'
import type { Config } from '../config'
import { methodFor } from './compress'
import type { ProcessFacts } from './process-facts'

/** What samples, and how samples get their labels: see Status. */
export interface EngineFacts {
  name: string
  labelMode: string
}

/** What stays the same in all uploads of a process. */
export interface Identity {
  config: Config
  facts: ProcessFacts
  runtimeId: string
  profilerVersion: string
  /** Epoch milliseconds. */
  startTimeMs: number
  engine: EngineFacts
}

/** What an upload says about its interval. */
export interface IntervalReport {
  kind: 'periodic' | 'on_shutdown'
  sequence: number
  startMs: number
  endMs: number
  attachments: string[]
  endpointCounts: Record<string, number>
  /** What the agent measured of itself in the interval. */
  measured: Record<string, unknown>
  /** See Counters.report. */
  uploads: Record<string, unknown>
  /** A sampled script names a source map that is not there, or cannot be read. */
  hasMissingSourceMaps: boolean
}

const maxTagChars = 200

/** event.json in Datadog's intake format (family "node", version "4"); `info.profiler.measured` and `.uploads` are this agent's own. */
export function buildEvent(identity: Identity, report: IntervalReport): UploadEvent {
  const { config, facts } = identity
  return {
    attachments: report.attachments,
    start: new Date(report.startMs).toISOString(),
    end: new Date(Math.max(report.startMs, report.endMs)).toISOString(),
    family: 'node',
    version: '4',
    tags_profiler: tagsOf(identity, report),
    endpoint_counts: report.endpointCounts,
    info: {
      application: {
        ...(config.env === undefined ? {} : { env: config.env }),
        service: config.service ?? facts.service,
        start_time: new Date(identity.startTimeMs).toISOString(),
        ...(config.version === undefined ? {} : { version: config.version }),
      },
      platform: {
        ...(config.hostname === false ? {} : { hostname: config.hostname ?? hostname() }),
        kernel_name: type(),
        kernel_release: release(),
        kernel_version: kernelVersion(),
      },
      profiler: {
        activation: config.enabled === 'auto' ? 'auto' : 'manual',
        version: identity.profilerVersion,
        settings: settingsOf(config, identity.engine),
        hasMissingSourceMaps: report.hasMissingSourceMaps,
        measured: report.measured,
        uploads: report.uploads,
      },
      runtime: {
        available_processors: availableParallelism(),
        engine: 'nodejs',
        version: process.versions.node,
      },
    },
  }
}

function tagsOf(
  { config, facts, runtimeId, profilerVersion }: Identity,
  { kind, sequence }: IntervalReport,
): string {
  const own: Record<string, string | number | undefined> = {
    language: 'javascript',
    runtime: 'nodejs',
    runtime_arch: process.arch,
    runtime_os: process.platform,
    runtime_version: process.version,
    process_id: process.pid,
    profiler_version: profilerVersion,
    format: 'pprof',
    service: config.service ?? facts.service,
    env: config.env,
    version: config.version,
    'runtime-id': runtimeId,
    host: config.hostname === false ? undefined : (config.hostname ?? hostname()),
    'git.repository_url': facts.repositoryUrl,
    'git.commit.sha': facts.commitSha,
    snapshot: kind,
    profile_seq: sequence,
  }
  const pairs = Object.entries(config.tags).filter(([key]) => !(key in own) || own[key] === undefined)
  return formatTags([...Object.entries(own), ...pairs].map(([key, value]) => [clean(key), clean(value)]))
}

// Control characters would break log lines and headers of whoever shows a tag; Datadog cuts tags at 200 characters.
function clean(value: string | number | undefined): string {
  if (value === undefined) return ''
  const wellFormed = Buffer.from(String(value)).toString()
  return [...wellFormed.replace(/[\p{Cc}\u2028\u2029]/gu, '_').trim()].slice(0, maxTagChars).join('')
}

function settingsOf(config: Config, engine: EngineFacts): Record<string, unknown> {
  return {
    engine: engine.name,
    labelMode: engine.labelMode,
    allocationProfilingEnabled: config.allocation,
    asyncContextFrameEnabled: config.asyncContextFrame,
    codeHotspotsEnabled: config.codeHotspots,
    cpuProfilingEnabled: config.cpu,
    endpointCollectionEnabled: config.endpoints,
    heapSamplingInterval: config.heapSamplingIntervalBytes,
    profilerTypes: [...(config.heap ? ['space'] : []), ...(config.wall ? ['wall'] : [])],
    sourceMap: config.sourceMaps,
    timelineEnabled: config.timeline,
    uploadCompression: { method: methodFor(config.compression), level: config.compression.level },
    uploadPeriod: config.uploadPeriodMs / 1_000,
  }
}
