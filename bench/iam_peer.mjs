// The peer of bench/iam_bench.cc: @cloud-copilot/iam-simulate on the same requests, one core, one process.
//   node bench/iam_peer.mjs [our result as Google Benchmark's JSON]
// Prints its evaluations per second, both the checked way (policies validated beforehand, as ours are compiled) and its
// unchecked one, and ours beside the faster of them.
import { readFileSync } from 'node:fs'
import { runSimulation, runUnsafeSimulation, simulationOf, validatedBeforehand } from '../tests/oracle/simulation.mjs'

const requests = readFileSync(new URL('iam/requests.jsonl', import.meta.url), 'utf8')
const simulations = requests.trim().split('\n').map((line) => simulationOf(JSON.parse(line)))
const validated = simulations.map(validatedBeforehand)

async function evaluationsPerSecond(evaluateAll, seconds) {
  await evaluateAll() // the JIT compiler and the package's own caches warm up
  const start = performance.now()
  let rounds = 0
  do {
    await evaluateAll()
    ++rounds
  } while (performance.now() - start < seconds * 1000)
  return (rounds * simulations.length * 1000) / (performance.now() - start)
}

const checked = await evaluationsPerSecond(async () => {
  for (const simulation of validated) await runSimulation(simulation, {})
}, 3)
const unchecked = await evaluationsPerSecond(() => {
  for (const simulation of simulations) runUnsafeSimulation(simulation, {})
}, 3)

const rate = (value) => Math.round(value).toLocaleString('en')
console.log(`iam-simulate, checked:   ${rate(checked)} evaluations/s`)
console.log(`iam-simulate, unchecked: ${rate(unchecked)} evaluations/s`)
if (process.argv[2]) {
  const { benchmarks } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
  const peer = Math.max(checked, unchecked)
  for (const { name, items_per_second: ours } of benchmarks) {
    if (ours) console.log(`${name}: ${rate(ours)} evaluations/s, ${rate(ours / peer)} times the faster of the two`)
  }
}
