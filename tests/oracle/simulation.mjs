// Our cases in the words of @cloud-copilot/iam-simulate, and its answers in ours.
import {
  createValidatedPolicy,
  validateEndpointPolicy,
  validateIdentityPolicy,
  validateServiceControlPolicy
} from '@cloud-copilot/iam-policy'
import { anonymousPrincipal } from '@cloud-copilot/iam-simulate'
export { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const named = (kind, policies) => policies.map((policy, i) => ({ name: `${kind}-${i}`, policy }))
const levels = (kind, all) =>
  all.map((policies, i) => ({ orgIdentifier: `${kind}-${i}`, policies: named(`${kind}-${i}`, policies) }))

// What it cannot express: several session policies, and a boundary or endpoint that is in force without any policy.
export function simulationOf(oneCase) {
  const request = oneCase.request
  const known = Object.entries(request.context ?? {}).filter(([, value]) => value !== null)
  if ((oneCase.session_policies ?? []).length > 1) throw new Error(`${oneCase.name}: more than one session policy`)
  return {
    request: {
      action: request.action,
      principal: request.principal === '*' ? anonymousPrincipal : request.principal,
      resource: { resource: request.resource, accountId: request.resource_account },
      contextVariables: Object.fromEntries(known)
    },
    identityPolicies: named('identity', oneCase.identity_policies ?? []),
    resourcePolicy: oneCase.resource_policy,
    permissionBoundaryPolicies: oneCase.permission_boundaries && named('boundary', oneCase.permission_boundaries),
    sessionPolicy: oneCase.session_policies?.[0],
    serviceControlPolicies: levels('scp', oneCase.service_control_policies ?? []),
    resourceControlPolicies: levels('rcp', oneCase.resource_control_policies ?? []),
    vpcEndpointPolicies: oneCase.vpc_endpoint_policies && named('endpoint', oneCase.vpc_endpoint_policies)
  }
}

const decisions = { Allowed: 'allowed', ExplicitlyDenied: 'explicit_deny', ImplicitlyDenied: 'implicit_deny' }

export function decisionOf(answer) {
  if (answer.resultType === 'error') return { error: JSON.stringify(answer.errors) }
  // A key that it does not know for the action would not be looked at: such a case compares nothing.
  const ignored = answer.result?.ignoredContextKeys ?? []
  if (ignored.length) return { error: `ignored context keys: ${ignored.join(', ')}` }
  return { decision: decisions[answer.overallResult] }
}

// The same simulation with its policies checked now instead of in each run; resource-side policies are left as they are.
export function validatedBeforehand(simulation) {
  const checked = (validate) => ({ name, policy }) => ({ name, policy: createValidatedPolicy(policy, validate, { name }) })
  return {
    ...simulation,
    identityPolicies: simulation.identityPolicies.map(checked(validateIdentityPolicy)),
    permissionBoundaryPolicies: simulation.permissionBoundaryPolicies?.map(checked(validateIdentityPolicy)),
    vpcEndpointPolicies: simulation.vpcEndpointPolicies?.map(checked(validateEndpointPolicy)),
    serviceControlPolicies: simulation.serviceControlPolicies.map((level) => ({
      ...level,
      policies: level.policies.map(checked(validateServiceControlPolicy))
    }))
  }
}
