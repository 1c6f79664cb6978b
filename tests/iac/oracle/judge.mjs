// Judges what codify wrote, by parsers that are not ours: one JSON line for each fault.
//   node judge.mjs FOLDER
// Every .tf file below FOLDER must parse with HashiCorp's own HCL parser, and its resources may have only the
// arguments of provider_arguments.json. Every import template (given as .json beside it by the caller) must fit
// the CloudFormation resource specification.
import { readFileSync, readdirSync } from 'node:fs'
import { join, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { createRequire } from 'node:module'
import { parse } from '@cdktf/hcl2json'

const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)
const provider = JSON.parse(readFileSync(join(here, 'provider_arguments.json'), 'utf8')).resources
const meta = ['count', 'for_each', 'depends_on', 'lifecycle', 'provider', 'dynamic']
const faults = []
const counted = { files: 0, resources: 0, imports: 0, templates: 0, properties: 0 }
const fault = (file, what) => faults.push({ file, what })

const listed = (value) => (Array.isArray(value) ? value : [value])

function judgeBlock(file, where, block, table) {
  for (const [name, value] of Object.entries(block)) {
    if (!(name in table)) fault(file, `${where}.${name} is no argument of the provider's`)
    else if (table[name] !== 'argument') for (const one of listed(value)) judgeBlock(file, `${where}.${name}`, one, table[name])
  }
}

function judgeTerraform(file, tree, generated) {
  for (const [type, names] of Object.entries(tree.resource ?? {})) {
    for (const [name, blocks] of Object.entries(names)) {
      for (const block of blocks) {
        counted.resources++
        const known = provider[type]
        if (!known) {
          if (generated) fault(file, `${type} is not in provider_arguments.json`)
          continue
        }
        const own = Object.fromEntries(Object.entries(block).filter(([key]) => !meta.includes(key)))
        judgeBlock(file, `${type}.${name}`, own, known.has)
        for (const needed of known.required) if (!(needed in block)) fault(file, `${type}.${name} lacks ${needed}`)
      }
    }
  }
  for (const block of tree.import ?? []) {
    counted.imports++
    if (!/^\$\{[\w.[\]"-]+\}$/.test(block.to) || !block.id) fault(file, `import without to or id: ${JSON.stringify(block)}`)
  }
  for (const [name, blocks] of Object.entries(tree.variable ?? {})) {
    if (generated && !blocks[0].validation) fault(file, `variable ${name} has no validation`)
  }
}

// The specification's tables, by id.
const database = JSON.parse(gunzipSync(readFileSync(require.resolve('@aws-cdk/aws-service-spec/db.json.gz')))).schema
const types = new Map(database.typeDefinition.entities.map((one) => [one.$id, one]))
const resources = new Map(database.resource.entities.map((one) => [one.cloudFormationType, one]))

const scalars = { string: ['string', 'number', 'boolean'], integer: ['number'], number: ['number'], boolean: ['boolean'] }

function judgeValue(file, where, value, type) {
  counted.properties++
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const keys = Object.keys(value)
    if (keys.length === 1 && (keys[0] === 'Ref' || keys[0].startsWith('Fn::'))) return
  }
  switch (type.type) {
    case 'array':
      if (!Array.isArray(value)) return fault(file, `${where} must be a list`)
      value.forEach((one, i) => judgeValue(file, `${where}[${i}]`, one, type.element))
      return
    case 'map':
      for (const [key, one] of Object.entries(value)) judgeValue(file, `${where}.${key}`, one, type.element)
      return
    case 'ref': {
      const definition = types.get(type.reference.$ref)
      if (typeof value !== 'object') return fault(file, `${where} must be a ${definition.name}`)
      return judgeProperties(file, where, value, definition.properties)
    }
    case 'tag':
      if (!value.Key || value.Value === undefined) fault(file, `${where} is no tag`)
      return
    case 'union':
      if (!type.types.some((one) => fits(value, one))) fault(file, `${where} fits none of its types`)
      return
    case 'json':
    case 'null':
    case 'date-time':
      return
    default:
      if (!(scalars[type.type] ?? []).includes(typeof value)) fault(file, `${where} is a ${typeof value}, not a ${type.type}`)
      if (type.allowedValues && !type.allowedValues.includes(value)) fault(file, `${where}: ${value} is not allowed`)
  }
}
function fits(value, type) {
  const before = faults.length
  judgeValue('', '', value, type)
  return faults.splice(before).length === 0
}
function judgeProperties(file, where, value, properties) {
  for (const [name, one] of Object.entries(value)) {
    if (!properties[name]) fault(file, `${where}.${name} is no property`)
    else judgeValue(file, `${where}.${name}`, one, properties[name].type)
  }
  for (const [name, property] of Object.entries(properties)) {
    if (property.required && !(name in value)) fault(file, `${where} lacks ${name}`)
  }
}

function judgeTemplate(file, template, imports) {
  counted.templates++
  for (const [name, block] of Object.entries(template.Resources)) {
    const known = resources.get(block.Type)
    if (!known) {
      fault(file, `${name}: no type ${block.Type}`)
      continue
    }
    judgeProperties(file, name, block.Properties ?? {}, known.properties)
    if (!imports) continue
    if (block.DeletionPolicy !== 'Retain') fault(file, `${name} has no DeletionPolicy Retain`)
    const own = imports.find((one) => one.LogicalResourceId === name)
    const wanted = [...known.primaryIdentifier].sort().join()
    const given = Object.keys(own?.ResourceIdentifier ?? {}).sort().join()
    if (own?.ResourceType !== block.Type || given !== wanted) fault(file, `${name} is imported by ${given}, not ${wanted}`)
  }
}

const root = process.argv[2]
for (const entry of readdirSync(root, { recursive: true })) {
  const file = join(root, entry)
  if (entry.endsWith('.tf')) {
    counted.files++
    try {
      judgeTerraform(entry, await parse(entry, readFileSync(file, 'utf8')), entry.includes('fargate_doctor_'))
    } catch (error) {
      fault(entry, `does not parse: ${error.message ?? error}`)
    }
  } else if (entry.endsWith('template.judge.json')) {
    const { template, imports } = JSON.parse(readFileSync(file, 'utf8'))
    judgeTemplate(entry, template, imports)
  }
}
for (const one of faults) console.log(JSON.stringify(one))
console.error(JSON.stringify(counted))
