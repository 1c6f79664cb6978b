# The shop. Whoever edits this: the spacing below is ours, leave it.

locals {
  environment = "prod"
}

variable "healthy_percent" {
  type    = number
  default = 50 # see the incident of May
}

resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.prod.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 2   # two are enough?

  deployment_minimum_healthy_percent = var.healthy_percent

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 1
  }

  network_configuration {
    subnets         = [aws_subnet.a.id]
    security_groups = [
      aws_security_group.web.id, # not the default one
    ]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = "web"
    container_port   = 8080
  }

  tags = { team = "shop" }
}

resource "aws_ecs_cluster" "prod" { name = "prod" }

resource "aws_lb_target_group" "web" {
  name                 = "${local.environment == "prod" ? "" : "test-"}web"
  port                 = 8080
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = "vpc-1"
  deregistration_delay = 300
}

resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024

  container_definitions = jsonencode([
    {
      name      = "web"
      image     = "${var.registry}/web:1.4" // pinned
      essential = true
      portMappings = [{ containerPort = 8080 }]
    },
    {
      name  = "proxy"
      image = "public.ecr.aws/envoy:1"
    },
  ])
}
