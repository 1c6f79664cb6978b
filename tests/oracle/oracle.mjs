// Asks @cloud-copilot/iam-simulate about every case of a file (JSON Lines, as `fargate-doctor iam evaluate` reads them)
// and prints one line each: {"name", "decision"} or, where it refuses the case, {"name", "error"}.
//   node oracle.mjs FILE
import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { simulationOf, decisionOf } from './simulation.mjs'

const answers = []
for (const line of readFileSync(process.argv[2], 'utf8').split('\n')) {
  if (!line) continue
  const oneCase = JSON.parse(line)
  const answer = await runSimulation(simulationOf(oneCase), {})
  answers.push(JSON.stringify({ name: oneCase.name, ...decisionOf(answer) }))
}
process.stdout.write(answers.join('\n') + '\n')
