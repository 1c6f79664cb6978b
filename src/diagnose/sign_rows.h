// Where the rows of sign_table() come from: three files of literal AWS wordings.
//
// Rows that share an id are wordings of one sign (AWS reworded many texts in 2024): a text shows the sign
// once. Phrases are lower case, with a plain apostrophe and single blanks; signs.cc brings the text to that
// form. Specificity: 10 a stop code alone, 20 an error category alone ("CannotPullContainerError"), 30 a
// general sentence, 40 a phrase that needs its context, 50 an AWS error code or a phrase that decides, 60 a
// decisive phrase within its category, 70 that with the policy level or resource named.
#pragma once

#include <vector>

#include "diagnose/signs.h"

namespace doctor::diagnose {

std::vector<Sign> signs_of_families();  // the seven families, image pulls apart
std::vector<Sign> signs_of_start();     // what a task needs before it runs: image, secrets, logs, volumes
std::vector<Sign> signs_of_stops();     // stops of no family, service events, stop codes

inline constexpr std::string_view kNone;  // family of the signs of none

// Titles of AWS documents, as they stand at the head of the page.
namespace title {
inline constexpr std::string_view kStopped = "Amazon ECS stopped tasks error messages";
inline constexpr std::string_view kFailedToStart = "Troubleshooting Amazon ECS TaskFailedToStart errors";
inline constexpr std::string_view kResourceInit =
    "Troubleshooting Amazon ECS ResourceInitializationError errors";
inline constexpr std::string_view kResourceNotFound =
    "Troubleshooting Amazon ECS ResourceNotFoundException errors";
inline constexpr std::string_view kCannotPull = "CannotPullContainer task errors in Amazon ECS";
inline constexpr std::string_view kCannotStart =
    "Troubleshooting Amazon ECS CannotStartContainerError errors";
inline constexpr std::string_view kRuntime = "Troubleshooting Amazon ECS ContainerRuntimeError errors";
inline constexpr std::string_view kRuntimeTimeout =
    "Troubleshooting Amazon ECS ContainerRuntimeTimeoutError errors";
inline constexpr std::string_view kInspect = "Troubleshooting Amazon ECS CannotInspectContainerError errors";
inline constexpr std::string_view kCannotStop = "Troubleshooting Amazon ECS CannotStopContainerError errors";
inline constexpr std::string_view kVolume = "Troubleshooting Amazon ECS CannotCreateVolumeError errors";
inline constexpr std::string_view kOutOfMemory = "Troubleshooting Amazon ECS OutOfMemoryError errors";
inline constexpr std::string_view kSpot = "Troubleshooting Amazon ECS SpotInterruption errors";
inline constexpr std::string_view kInternal = "Troubleshooting Amazon ECS InternalError errors";
inline constexpr std::string_view kServiceEvents = "Amazon ECS service event messages";
inline constexpr std::string_view kFailures = "Amazon ECS API failure reasons";
inline constexpr std::string_view kExec = "Troubleshoot Amazon ECS Exec issues";
inline constexpr std::string_view kExecSetup = "Monitor Amazon ECS containers with ECS Exec";
inline constexpr std::string_view kCpuMemory =
    "Troubleshoot Amazon ECS task definition invalid CPU or memory errors";
inline constexpr std::string_view kPlatform = "Fargate platform versions for Amazon ECS";
inline constexpr std::string_view kEcsErrors = "Amazon ECS API Reference: RunTask, Errors";
inline constexpr std::string_view kEc2Errors = "Error codes for the Amazon EC2 API";
inline constexpr std::string_view kStorage = "Fargate task ephemeral storage for Amazon ECS";
inline constexpr std::string_view kMaintenance =
    "Task retirement and maintenance for AWS Fargate on Amazon ECS";
inline constexpr std::string_view kThrottling = "AWS Fargate throttling quotas";
inline constexpr std::string_view kQuotas = "Amazon ECS service quotas";
inline constexpr std::string_view kHealthChecks = "Troubleshooting service load balancers in Amazon ECS";
inline constexpr std::string_view kContainerHealth =
    "Determine Amazon ECS task health using container health checks";
inline constexpr std::string_view kCircuitBreaker =
    "How the Amazon ECS deployment circuit breaker detects failures";
inline constexpr std::string_view kWhyStopped = "AWS knowledge center: Why is my Amazon ECS task stopped?";
inline constexpr std::string_view kExecutionRole = "Amazon ECS task execution IAM role";
inline constexpr std::string_view kAccessDenied = "Troubleshoot access denied error messages";
inline constexpr std::string_view kTaskStates = "Amazon ECS task lifecycle";
}  // namespace title

}  // namespace doctor::diagnose
