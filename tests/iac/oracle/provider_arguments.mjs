// Prints which arguments and blocks the resources that codify writes have in Terraform's AWS provider, as
// provider_arguments.json holds it. The package is large and used for nothing else, so it is no dependency:
//   npm pack @cdktf/provider-aws && tar xzf cdktf-provider-aws-*.tgz
//   node provider_arguments.mjs package > provider_arguments.json
import { readFileSync } from 'node:fs'

const resources = [
  'cloudwatch-event-rule', 'cloudwatch-event-target', 'cloudwatch-log-group', 'cloudwatch-metric-alarm',
  'ecr-lifecycle-policy', 'ecs-cluster', 'ecs-service', 'ecs-task-definition', 'iam-policy', 'iam-role-policy',
  'lb-target-group', 'nat-gateway', 'network-acl-rule', 'organizations-policy', 'route', 'security-group-rule',
  'servicequotas-service-quota', 'subnet', 'vpc', 'vpc-endpoint', 'vpc-security-group-egress-rule',
  'vpc-security-group-ingress-rule'
]
const folder = process.argv[2]
const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))

const row = /(\w+): \{\s*value: ([^\n]*)\n\s*isBlock: (true|false),/g

function table(source, text) {
  const out = {}
  for (const [, name, value, block] of text.matchAll(row)) {
    const mapper = value.match(/(\w+ToHclTerraform)\b(?=[,)(])/g)?.find((one) => source.includes(`function ${one}(struct)`))
    if (block === 'false' || !mapper) {
      out[name] = block === 'true' ? {} : 'argument'
    } else {
      out[name] = table(source, source.split(`function ${mapper}(struct)`)[1].split('\n}\n')[0])
    }
  }
  return out
}

const answer = { provider: `@cdktf/provider-aws ${version}`, resources: {} }
for (const name of resources) {
  const source = readFileSync(`${folder}/lib/${name}/index.js`, 'utf8')
  const types = readFileSync(`${folder}/lib/${name}/index.d.ts`, 'utf8')
  const type = source.match(/tfResourceType = "([^"]+)"/)[1]
  const config = types.match(/export interface \w+Config extends[\s\S]*?\n\}/)[0]
  const required = [...config.matchAll(/readonly (\w+): /g)].map(([, word]) => word.replace(/[A-Z]/g, (c) => '_' + c.toLowerCase()))
  answer.resources[type] = { required, has: table(source, source.split('synthesizeHclAttributes() {')[1]) }
}
process.stdout.write(JSON.stringify(answer, null, 1) + '\n')
