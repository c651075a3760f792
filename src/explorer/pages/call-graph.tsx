import { useEffect, useMemo, useState } from 'preact/hooks'
import { GraphView } from '../app/graph-view'
import { Legend } from '../app/legend'
import { Empty } from '../app/states'
import { type CallGraph, callGraphOf } from '../flame/call-graph'
import { nodeHeight, nodeWidth } from '../flame/graph-walk'
import { shown } from '../flame/text'
import type { CallTree } from '../flame/tree'
import { change, param } from '../url/location'
import type { GraphToPlace, PlacedGraph } from '../workers/graph-layout'
import { askWorker } from '../workers/start'

/** Who calls whom: the functions that weigh most, or those around one. */
export function CallGraphTab({ tree, unit, whole }: { tree: CallTree; unit: string; whole: number }) {
  const [name, file] = [param('fn'), param('file')]
  const graph = useMemo(() => {
    const isFocus = (id: number) => {
      const frame = tree.frames[id]
      return frame !== undefined && frame.name === name && (file === '' || frame.file === file)
    }
    return callGraphOf(tree, name === '' ? undefined : isFocus)
  }, [tree, name, file])
  const [placed, setPlaced] = useState<PlacedGraph & { of: CallGraph }>()
  const [error, setError] = useState<Error>()
  useEffect(() => {
    const abort = new AbortController()
    const heaviest = Math.max(...graph.edges.map(({ total }) => total), 1)
    const question: GraphToPlace = {
      nodes: graph.nodes.map(() => ({ width: nodeWidth, height: nodeHeight })),
      edges: graph.edges.map(({ from, to, total }) => ({
        ...{ from, to, weight: 1 + Math.round((9 * total) / heaviest) },
      })),
    }
    setError(undefined)
    askWorker<PlacedGraph>('graph', question, abort.signal).then(
      (answer) => setPlaced({ ...answer, of: graph }),
      (reason) => {
        if (!abort.signal.aborted) setError(reason)
      },
    )
    return () => abort.abort()
  }, [graph])
  if (graph.nodes.length === 0)
    return (
      <Empty title="This function did not run in the selection">
        <p>
          <button type="button" class="link" onClick={() => change({ fn: undefined, file: undefined })}>
            Show the whole call graph
          </button>
        </p>
      </Empty>
    )
  return (
    <div class="fill">
      <div class="tools">
        {name !== '' && (
          <button
            type="button"
            class="link"
            onClick={() => change({ fn: undefined, file: undefined, x: undefined })}
          >
            Whole call graph
          </button>
        )}
        <span class="faint">
          {name === '' ? 'The' : `Around ${shown(name, 60)}: the`} {graph.nodes.length} functions that weigh
          most
          {graph.cut > 0 && `; ${graph.cut.toLocaleString('en-US')} smaller ones are left out`}. The table has
          all of them.
        </span>
      </div>
      {error && <p role="alert">The graph cannot be placed. {error.message}</p>}
      {placed?.of === graph ? (
        <GraphView graph={graph} placed={placed} tree={tree} unit={unit} whole={whole} />
      ) : (
        !error && <div class="waiting" />
      )}
      <Legend />
    </div>
  )
}
