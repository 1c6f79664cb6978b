#include "aws/shape_texts.h"

#include <algorithm>

namespace doctor::aws {
namespace {

struct SharedShape {
  std::string_view service, name, text;
};

// clang-format off
constexpr SharedShape kShared[] = {
    // ec2
    {"ec2", "VpcCidrBlockState",
     "{State=state StatusMessage=statusMessage}"},
    {"ec2", "SubnetCidrBlockState",
     "{State=state StatusMessage=statusMessage}"},
    {"ec2", "SubnetIpv6CidrBlockAssociation",
     "{AssociationId=associationId Ipv6CidrBlock=ipv6CidrBlock"
     " Ipv6CidrBlockState=ipv6CidrBlockState:@SubnetCidrBlockState}"},
    {"ec2", "PrivateDnsNameOptionsOnLaunch",
     "{HostnameType=hostnameType EnableResourceNameDnsARecord=enableResourceNameDnsARecord:bool"
     " EnableResourceNameDnsAAAARecord=enableResourceNameDnsAAAARecord:bool}"},
    {"ec2", "Subnet",
     "{AvailabilityZone=availabilityZone AvailabilityZoneId=availabilityZoneId"
     " AvailableIpAddressCount=availableIpAddressCount:int CidrBlock=cidrBlock"
     " DefaultForAz=defaultForAz:bool EnableLniAtDeviceIndex=enableLniAtDeviceIndex:int"
     " MapPublicIpOnLaunch=mapPublicIpOnLaunch:bool"
     " MapCustomerOwnedIpOnLaunch=mapCustomerOwnedIpOnLaunch:bool"
     " CustomerOwnedIpv4Pool=customerOwnedIpv4Pool State=state SubnetId=subnetId VpcId=vpcId"
     " OwnerId=ownerId AssignIpv6AddressOnCreation=assignIpv6AddressOnCreation:bool"
     " Ipv6CidrBlockAssociationSet=ipv6CidrBlockAssociationSet:[@SubnetIpv6CidrBlockAssociation]"
     " Tags=tagSet:[{Key=key Value=value}] SubnetArn=subnetArn OutpostArn=outpostArn"
     " EnableDns64=enableDns64:bool Ipv6Native=ipv6Native:bool"
     " PrivateDnsNameOptionsOnLaunch=privateDnsNameOptionsOnLaunch:@PrivateDnsNameOptionsOnLaunch}"},
    {"ec2", "NetworkInterfaceAssociation",
     "{AllocationId=allocationId AssociationId=associationId IpOwnerId=ipOwnerId"
     " PublicDnsName=publicDnsName PublicIp=publicIp CustomerOwnedIp=customerOwnedIp CarrierIp=carrierIp}"},
    {"ec2", "IpRange",
     "{CidrIp=cidrIp Description=description}"},
    {"ec2", "Ipv6Range",
     "{CidrIpv6=cidrIpv6 Description=description}"},
    {"ec2", "PrefixListId",
     "{Description=description PrefixListId=prefixListId}"},
    {"ec2", "UserIdGroupPair",
     "{Description=description GroupId=groupId GroupName=groupName PeeringStatus=peeringStatus"
     " UserId=userId VpcId=vpcId VpcPeeringConnectionId=vpcPeeringConnectionId}"},
    {"ec2", "IpPermission",
     "{FromPort=fromPort:int IpProtocol=ipProtocol IpRanges=ipRanges:[@IpRange]"
     " Ipv6Ranges=ipv6Ranges:[@Ipv6Range] PrefixListIds=prefixListIds:[@PrefixListId] ToPort=toPort:int"
     " UserIdGroupPairs=groups:[@UserIdGroupPair]}"},
    {"ec2", "SecurityGroupIdentifier",
     "{GroupId=groupId GroupName=groupName}"},
    {"ec2", "DnsOptions",
     "{DnsRecordIpType=dnsRecordIpType}"},
    {"ec2", "DnsEntry",
     "{DnsName=dnsName HostedZoneId=hostedZoneId}"},
    {"ec2", "VpcEndpoint",
     "{VpcEndpointId=vpcEndpointId VpcEndpointType=vpcEndpointType VpcId=vpcId ServiceName=serviceName"
     " State=state PolicyDocument=policyDocument RouteTableIds=routeTableIdSet:[] SubnetIds=subnetIdSet:[]"
     " Groups=groupSet:[@SecurityGroupIdentifier] IpAddressType=ipAddressType"
     " DnsOptions=dnsOptions:@DnsOptions PrivateDnsEnabled=privateDnsEnabled:bool"
     " RequesterManaged=requesterManaged:bool NetworkInterfaceIds=networkInterfaceIdSet:[]"
     " DnsEntries=dnsEntrySet:[@DnsEntry] CreationTimestamp=creationTimestamp:time Tags=tagSet:[{Key=key"
     " Value=value}] OwnerId=ownerId LastError=lastError:{Message=message Code=code}}"},
    {"ec2", "TagSpecification",
     "{ResourceType Tags=Tag:[{Key Value}]}"},
    {"ec2", "UserIdGroupPairInput",
     "{Description GroupId GroupName PeeringStatus UserId VpcId VpcPeeringConnectionId}"},
    {"ec2", "IpPermissionInput",
     "{FromPort:int IpProtocol IpRanges:[{CidrIp Description}] Ipv6Ranges:[{CidrIpv6 Description}]"
     " PrefixListIds:[{Description PrefixListId}] ToPort:int"
     " UserIdGroupPairs=Groups:[@UserIdGroupPairInput]}"},
    {"ec2", "ReferencedSecurityGroup",
     "{GroupId=groupId PeeringStatus=peeringStatus UserId=userId VpcId=vpcId"
     " VpcPeeringConnectionId=vpcPeeringConnectionId}"},
    {"ec2", "SecurityGroupRule",
     "{SecurityGroupRuleId=securityGroupRuleId GroupId=groupId GroupOwnerId=groupOwnerId"
     " IsEgress=isEgress:bool IpProtocol=ipProtocol FromPort=fromPort:int ToPort=toPort:int"
     " CidrIpv4=cidrIpv4 CidrIpv6=cidrIpv6 PrefixListId=prefixListId"
     " ReferencedGroupInfo=referencedGroupInfo:@ReferencedSecurityGroup Description=description"
     " Tags=tagSet:[{Key=key Value=value}]}"},
    {"ec2", "VpcPeeringConnectionVpcInfo",
     "{CidrBlock=cidrBlock Ipv6CidrBlockSet=ipv6CidrBlockSet:[{Ipv6CidrBlock=ipv6CidrBlock}]"
     " CidrBlockSet=cidrBlockSet:[{CidrBlock=cidrBlock}] OwnerId=ownerId"
     " PeeringOptions=peeringOptions:{AllowDnsResolutionFromRemoteVpc=allowDnsResolutionFromRemoteVpc:bool"
     " AllowEgressFromLocalClassicLinkToRemoteVpc=allowEgressFromLocalClassicLinkToRemoteVpc:bool"
     " AllowEgressFromLocalVpcToRemoteClassicLink=allowEgressFromLocalVpcToRemoteClassicLink:bool}"
     " VpcId=vpcId Region=region}"},
    {"ec2", "NetworkInsightsPath",
     "{NetworkInsightsPathId=networkInsightsPathId NetworkInsightsPathArn=networkInsightsPathArn"
     " CreatedDate=createdDate:time Source=source Destination=destination SourceArn=sourceArn"
     " DestinationArn=destinationArn SourceIp=sourceIp DestinationIp=destinationIp Protocol=protocol"
     " DestinationPort=destinationPort:int Tags=tagSet:[{Key=key Value=value}]}"},
    {"ec2", "NetworkInsightsAnalysis",
     "{NetworkInsightsAnalysisId=networkInsightsAnalysisId"
     " NetworkInsightsAnalysisArn=networkInsightsAnalysisArn NetworkInsightsPathId=networkInsightsPathId"
     " AdditionalAccounts=additionalAccountSet:[] FilterInArns=filterInArnSet:[] StartDate=startDate:time"
     " Status=status StatusMessage=statusMessage WarningMessage=warningMessage"
     " NetworkPathFound=networkPathFound:bool"
     " ForwardPathComponents=forwardPathComponentSet:[@PathComponent]"
     " ReturnPathComponents=returnPathComponentSet:[@PathComponent]"
     " Explanations=explanationSet:[@Explanation]"
     " AlternatePathHints=alternatePathHintSet:[@AlternatePathHint]"
     " SuggestedAccounts=suggestedAccountSet:[] Tags=tagSet:[{Key=key Value=value}]}"},
    {"ec2", "PathComponent",
     "{SequenceNumber=sequenceNumber:int AclRule=aclRule:@AnalysisAclRule"
     " AttachedTo=attachedTo:@AnalysisComponent Component=component:@AnalysisComponent"
     " DestinationVpc=destinationVpc:@AnalysisComponent OutboundHeader=outboundHeader:@AnalysisPacketHeader"
     " InboundHeader=inboundHeader:@AnalysisPacketHeader"
     " RouteTableRoute=routeTableRoute:@AnalysisRouteTableRoute"
     " SecurityGroupRule=securityGroupRule:@AnalysisSecurityGroupRule"
     " SourceVpc=sourceVpc:@AnalysisComponent Subnet=subnet:@AnalysisComponent Vpc=vpc:@AnalysisComponent"
     " AdditionalDetails=additionalDetailSet:[@AdditionalDetail]"
     " TransitGateway=transitGateway:@AnalysisComponent"
     " TransitGatewayRouteTableRoute=transitGatewayRouteTableRoute:@TransitGatewayRouteTableRoute"
     " Explanations=explanationSet:[@Explanation]"
     " ElasticLoadBalancerListener=elasticLoadBalancerListener:@AnalysisComponent}"},
    {"ec2", "AnalysisAclRule",
     "{Cidr=cidr Egress=egress:bool PortRange=portRange:@PortRange Protocol=protocol RuleAction=ruleAction"
     " RuleNumber=ruleNumber:int}"},
    {"ec2", "PortRange",
     "{From=from:int To=to:int}"},
    {"ec2", "AnalysisComponent",
     "{Id=id Arn=arn Name=name}"},
    {"ec2", "AnalysisPacketHeader",
     "{DestinationAddresses=destinationAddressSet:[]"
     " DestinationPortRanges=destinationPortRangeSet:[@PortRange] Protocol=protocol"
     " SourceAddresses=sourceAddressSet:[] SourcePortRanges=sourcePortRangeSet:[@PortRange]}"},
    {"ec2", "AnalysisRouteTableRoute",
     "{DestinationCidr=destinationCidr DestinationPrefixListId=destinationPrefixListId"
     " EgressOnlyInternetGatewayId=egressOnlyInternetGatewayId GatewayId=gatewayId InstanceId=instanceId"
     " NatGatewayId=natGatewayId NetworkInterfaceId=networkInterfaceId Origin=origin"
     " TransitGatewayId=transitGatewayId VpcPeeringConnectionId=vpcPeeringConnectionId State=state}"},
    {"ec2", "AnalysisSecurityGroupRule",
     "{Cidr=cidr Direction=direction SecurityGroupId=securityGroupId PortRange=portRange:@PortRange"
     " PrefixListId=prefixListId Protocol=protocol}"},
    {"ec2", "AdditionalDetail",
     "{AdditionalDetailType=additionalDetailType Component=component:@AnalysisComponent}"},
    {"ec2", "TransitGatewayRouteTableRoute",
     "{DestinationCidr=destinationCidr State=state RouteOrigin=routeOrigin PrefixListId=prefixListId"
     " AttachmentId=attachmentId ResourceId=resourceId ResourceType=resourceType}"},
    {"ec2", "Explanation",
     "{Acl=acl:@AnalysisComponent AclRule=aclRule:@AnalysisAclRule Address=address Addresses=addressSet:[]"
     " AttachedTo=attachedTo:@AnalysisComponent AvailabilityZones=availabilityZoneSet:[] Cidrs=cidrSet:[]"
     " Component=component:@AnalysisComponent CustomerGateway=customerGateway:@AnalysisComponent"
     " Destination=destination:@AnalysisComponent DestinationVpc=destinationVpc:@AnalysisComponent"
     " Direction=direction ExplanationCode=explanationCode"
     " IngressRouteTable=ingressRouteTable:@AnalysisComponent"
     " InternetGateway=internetGateway:@AnalysisComponent LoadBalancerArn=loadBalancerArn"
     " ClassicLoadBalancerListener=classicLoadBalancerListener:@AnalysisLoadBalancerListener"
     " LoadBalancerListenerPort=loadBalancerListenerPort:int"
     " LoadBalancerTarget=loadBalancerTarget:@AnalysisLoadBalancerTarget"
     " LoadBalancerTargetGroup=loadBalancerTargetGroup:@AnalysisComponent"
     " LoadBalancerTargetGroups=loadBalancerTargetGroupSet:[@AnalysisComponent]"
     " LoadBalancerTargetPort=loadBalancerTargetPort:int"
     " ElasticLoadBalancerListener=elasticLoadBalancerListener:@AnalysisComponent"
     " MissingComponent=missingComponent NatGateway=natGateway:@AnalysisComponent"
     " NetworkInterface=networkInterface:@AnalysisComponent PacketField=packetField"
     " VpcPeeringConnection=vpcPeeringConnection:@AnalysisComponent Port=port:int"
     " PortRanges=portRangeSet:[@PortRange] PrefixList=prefixList:@AnalysisComponent"
     " Protocols=protocolSet:[] RouteTableRoute=routeTableRoute:@AnalysisRouteTableRoute"
     " RouteTable=routeTable:@AnalysisComponent SecurityGroup=securityGroup:@AnalysisComponent"
     " SecurityGroupRule=securityGroupRule:@AnalysisSecurityGroupRule"
     " SecurityGroups=securityGroupSet:[@AnalysisComponent] SourceVpc=sourceVpc:@AnalysisComponent"
     " State=state Subnet=subnet:@AnalysisComponent SubnetRouteTable=subnetRouteTable:@AnalysisComponent"
     " Vpc=vpc:@AnalysisComponent VpcEndpoint=vpcEndpoint:@AnalysisComponent"
     " VpnConnection=vpnConnection:@AnalysisComponent VpnGateway=vpnGateway:@AnalysisComponent"
     " TransitGateway=transitGateway:@AnalysisComponent"
     " TransitGatewayRouteTable=transitGatewayRouteTable:@AnalysisComponent"
     " TransitGatewayRouteTableRoute=transitGatewayRouteTableRoute:@TransitGatewayRouteTableRoute"
     " TransitGatewayAttachment=transitGatewayAttachment:@AnalysisComponent"
     " ComponentAccount=componentAccount ComponentRegion=componentRegion}"},
    {"ec2", "AnalysisLoadBalancerListener",
     "{LoadBalancerPort=loadBalancerPort:int InstancePort=instancePort:int}"},
    {"ec2", "AnalysisLoadBalancerTarget",
     "{Address=address AvailabilityZone=availabilityZone Instance=instance:@AnalysisComponent"
     " Port=port:int}"},
    {"ec2", "AlternatePathHint",
     "{ComponentId=componentId ComponentArn=componentArn}"},

    // iam
    {"iam", "AttachedPermissionsBoundary",
     "{PermissionsBoundaryType PermissionsBoundaryArn}"},
    {"iam", "Role",
     "{Path RoleName RoleId Arn CreateDate:time AssumeRolePolicyDocument:policy Description"
     " MaxSessionDuration:int PermissionsBoundary:@AttachedPermissionsBoundary Tags:[{Key Value}]"
     " RoleLastUsed:{LastUsedDate:time Region}}"},

    // sts
    {"sts", "Credentials",
     "{AccessKeyId SecretAccessKey SessionToken Expiration:time}"},

    // cloudwatch
    {"cloudwatch", "Metric",
     "{Namespace MetricName Dimensions:[{Name Value}]}"},
    {"cloudwatch", "MetricStat",
     "{Metric:@Metric Period:int Stat Unit}"},
    {"cloudwatch", "MetricDataQuery",
     "{Id MetricStat:@MetricStat Expression Label ReturnData:bool Period:int AccountId}"},
};

// service, operation, input, output
constexpr ShapeText kShapes[] = {
    // ec2
    {"ec2", "DescribeAvailabilityZones",
     "{Filters=Filter:[{Name Values=Value:[]}] ZoneNames=ZoneName:[] ZoneIds=ZoneId:[]"
     " AllAvailabilityZones:bool DryRun:bool}",
     "{AvailabilityZones=availabilityZoneInfo:[{State=zoneState OptInStatus=optInStatus"
     " Messages=messageSet:[{Message=message}] RegionName=regionName ZoneName=zoneName ZoneId=zoneId"
     " GroupName=groupName NetworkBorderGroup=networkBorderGroup ZoneType=zoneType"
     " ParentZoneName=parentZoneName ParentZoneId=parentZoneId}]}"},
    {"ec2", "DescribeRegions",
     "{Filters=Filter:[{Name Values=Value:[]}] RegionNames=RegionName:[] DryRun:bool AllRegions:bool}",
     "{Regions=regionInfo:[{Endpoint=regionEndpoint RegionName=regionName OptInStatus=optInStatus}]}"},
    {"ec2", "DescribeVpcs",
     "{Filters=Filter:[{Name Values=Value:[]}] VpcIds=VpcId:[] DryRun:bool NextToken MaxResults:int}",
     "{Vpcs=vpcSet:[{CidrBlock=cidrBlock DhcpOptionsId=dhcpOptionsId State=state VpcId=vpcId"
     " OwnerId=ownerId InstanceTenancy=instanceTenancy"
     " Ipv6CidrBlockAssociationSet=ipv6CidrBlockAssociationSet:[{AssociationId=associationId"
     " Ipv6CidrBlock=ipv6CidrBlock Ipv6CidrBlockState=ipv6CidrBlockState:@VpcCidrBlockState"
     " NetworkBorderGroup=networkBorderGroup Ipv6Pool=ipv6Pool}]"
     " CidrBlockAssociationSet=cidrBlockAssociationSet:[{AssociationId=associationId CidrBlock=cidrBlock"
     " CidrBlockState=cidrBlockState:@VpcCidrBlockState}] IsDefault=isDefault:bool Tags=tagSet:[{Key=key"
     " Value=value}]}] NextToken=nextToken}"},
    {"ec2", "DescribeVpcAttribute",
     "{Attribute VpcId DryRun:bool}",
     "{VpcId=vpcId EnableDnsHostnames=enableDnsHostnames:{Value=value:bool}"
     " EnableDnsSupport=enableDnsSupport:{Value=value:bool}"
     " EnableNetworkAddressUsageMetrics=enableNetworkAddressUsageMetrics:{Value=value:bool}}"},
    {"ec2", "DescribeSubnets",
     "{Filters=Filter:[{Name Values=Value:[]}] SubnetIds=SubnetId:[] DryRun:bool NextToken MaxResults:int}",
     "{Subnets=subnetSet:[@Subnet] NextToken=nextToken}"},
    {"ec2", "DescribeNetworkInterfaces",
     "{Filters=Filter:[{Name Values=Value:[]}] DryRun:bool NetworkInterfaceIds=NetworkInterfaceId:[]"
     " NextToken MaxResults:int}",
     "{NetworkInterfaces=networkInterfaceSet:[{Association=association:@NetworkInterfaceAssociation"
     " Attachment=attachment:{AttachTime=attachTime:time AttachmentId=attachmentId"
     " DeleteOnTermination=deleteOnTermination:bool DeviceIndex=deviceIndex:int"
     " NetworkCardIndex=networkCardIndex:int InstanceId=instanceId InstanceOwnerId=instanceOwnerId"
     " Status=status EnaSrdSpecification=enaSrdSpecification:{EnaSrdEnabled=enaSrdEnabled:bool"
     " EnaSrdUdpSpecification=enaSrdUdpSpecification:{EnaSrdUdpEnabled=enaSrdUdpEnabled:bool}}}"
     " AvailabilityZone=availabilityZone Description=description Groups=groupSet:[{GroupName=groupName"
     " GroupId=groupId}] InterfaceType=interfaceType"
     " Ipv6Addresses=ipv6AddressesSet:[{Ipv6Address=ipv6Address}] MacAddress=macAddress"
     " NetworkInterfaceId=networkInterfaceId OutpostArn=outpostArn OwnerId=ownerId"
     " PrivateDnsName=privateDnsName PrivateIpAddress=privateIpAddress"
     " PrivateIpAddresses=privateIpAddressesSet:[{Association=association:@NetworkInterfaceAssociation"
     " Primary=primary:bool PrivateDnsName=privateDnsName PrivateIpAddress=privateIpAddress}]"
     " Ipv4Prefixes=ipv4PrefixSet:[{Ipv4Prefix=ipv4Prefix}]"
     " Ipv6Prefixes=ipv6PrefixSet:[{Ipv6Prefix=ipv6Prefix}] RequesterId=requesterId"
     " RequesterManaged=requesterManaged:bool SourceDestCheck=sourceDestCheck:bool Status=status"
     " SubnetId=subnetId TagSet=tagSet:[{Key=key Value=value}] VpcId=vpcId"
     " DenyAllIgwTraffic=denyAllIgwTraffic:bool Ipv6Native=ipv6Native:bool Ipv6Address=ipv6Address}]"
     " NextToken=nextToken}"},
    {"ec2", "DescribeSecurityGroups",
     "{Filters=Filter:[{Name Values=Value:[]}] GroupIds=GroupId:[] GroupNames=GroupName:[] DryRun:bool"
     " NextToken MaxResults:int}",
     "{SecurityGroups=securityGroupInfo:[{Description=groupDescription GroupName=groupName"
     " IpPermissions=ipPermissions:[@IpPermission] OwnerId=ownerId GroupId=groupId"
     " IpPermissionsEgress=ipPermissionsEgress:[@IpPermission] Tags=tagSet:[{Key=key Value=value}]"
     " VpcId=vpcId}] NextToken=nextToken}"},
    {"ec2", "DescribeNetworkAcls",
     "{Filters=Filter:[{Name Values=Value:[]}] DryRun:bool NetworkAclIds=NetworkAclId:[] NextToken"
     " MaxResults:int}",
     "{NetworkAcls=networkAclSet:[{Associations=associationSet:[{NetworkAclAssociationId=networkAclAssociationId"
     " NetworkAclId=networkAclId SubnetId=subnetId}] Entries=entrySet:[{CidrBlock=cidrBlock"
     " Egress=egress:bool IcmpTypeCode=icmpTypeCode:{Code=code:int Type=type:int}"
     " Ipv6CidrBlock=ipv6CidrBlock PortRange=portRange:{From=from:int To=to:int} Protocol=protocol"
     " RuleAction=ruleAction RuleNumber=ruleNumber:int}] IsDefault=default:bool NetworkAclId=networkAclId"
     " Tags=tagSet:[{Key=key Value=value}] VpcId=vpcId OwnerId=ownerId}] NextToken=nextToken}"},
    {"ec2", "DescribeRouteTables",
     "{Filters=Filter:[{Name Values=Value:[]}] DryRun:bool RouteTableIds=RouteTableId:[] NextToken"
     " MaxResults:int}",
     "{RouteTables=routeTableSet:[{Associations=associationSet:[{Main=main:bool"
     " RouteTableAssociationId=routeTableAssociationId RouteTableId=routeTableId SubnetId=subnetId"
     " GatewayId=gatewayId AssociationState=associationState:{State=state StatusMessage=statusMessage}}]"
     " PropagatingVgws=propagatingVgwSet:[{GatewayId=gatewayId}] RouteTableId=routeTableId"
     " Routes=routeSet:[{DestinationCidrBlock=destinationCidrBlock"
     " DestinationIpv6CidrBlock=destinationIpv6CidrBlock DestinationPrefixListId=destinationPrefixListId"
     " EgressOnlyInternetGatewayId=egressOnlyInternetGatewayId GatewayId=gatewayId InstanceId=instanceId"
     " InstanceOwnerId=instanceOwnerId NatGatewayId=natGatewayId TransitGatewayId=transitGatewayId"
     " LocalGatewayId=localGatewayId CarrierGatewayId=carrierGatewayId"
     " NetworkInterfaceId=networkInterfaceId Origin=origin State=state"
     " VpcPeeringConnectionId=vpcPeeringConnectionId CoreNetworkArn=coreNetworkArn}] Tags=tagSet:[{Key=key"
     " Value=value}] VpcId=vpcId OwnerId=ownerId}] NextToken=nextToken}"},
    {"ec2", "DescribeNatGateways",
     "{DryRun:bool Filter:[{Name Values=Value:[]}] MaxResults:int NatGatewayIds=NatGatewayId:[] NextToken}",
     "{NatGateways=natGatewaySet:[{CreateTime=createTime:time DeleteTime=deleteTime:time"
     " FailureCode=failureCode FailureMessage=failureMessage"
     " NatGatewayAddresses=natGatewayAddressSet:[{AllocationId=allocationId"
     " NetworkInterfaceId=networkInterfaceId PrivateIp=privateIp PublicIp=publicIp}]"
     " NatGatewayId=natGatewayId"
     " ProvisionedBandwidth=provisionedBandwidth:{ProvisionTime=provisionTime:time Provisioned=provisioned"
     " RequestTime=requestTime:time Requested=requested Status=status} State=state SubnetId=subnetId"
     " VpcId=vpcId Tags=tagSet:[{Key=key Value=value}] ConnectivityType=connectivityType}]"
     " NextToken=nextToken}"},
    {"ec2", "DescribeInternetGateways",
     "{Filters=Filter:[{Name Values=Value:[]}] DryRun:bool InternetGatewayIds=InternetGatewayId:[]"
     " NextToken MaxResults:int}",
     "{InternetGateways=internetGatewaySet:[{Attachments=attachmentSet:[{State=state VpcId=vpcId}]"
     " InternetGatewayId=internetGatewayId OwnerId=ownerId Tags=tagSet:[{Key=key Value=value}]}]"
     " NextToken=nextToken}"},
    {"ec2", "DescribeVpcEndpoints",
     "{DryRun:bool VpcEndpointIds=VpcEndpointId:[] Filters=Filter:[{Name Values=Value:[]}] MaxResults:int"
     " NextToken}",
     "{VpcEndpoints=vpcEndpointSet:[@VpcEndpoint] NextToken=nextToken}"},
    {"ec2", "DescribeManagedPrefixLists",
     "{DryRun:bool Filters=Filter:[{Name Values=Value:[]}] MaxResults:int NextToken"
     " PrefixListIds=PrefixListId:[]}",
     "{NextToken=nextToken PrefixLists=prefixListSet:[{PrefixListId=prefixListId"
     " AddressFamily=addressFamily State=state StateMessage=stateMessage PrefixListArn=prefixListArn"
     " PrefixListName=prefixListName MaxEntries=maxEntries:int Version=version:int Tags=tagSet:[{Key=key"
     " Value=value}] OwnerId=ownerId}]}"},
    {"ec2", "GetManagedPrefixListEntries",
     "{DryRun:bool PrefixListId TargetVersion:int MaxResults:int NextToken}",
     "{Entries=entrySet:[{Cidr=cidr Description=description}] NextToken=nextToken}"},
    {"ec2", "DescribeEgressOnlyInternetGateways",
     "{DryRun:bool EgressOnlyInternetGatewayIds=EgressOnlyInternetGatewayId:[] MaxResults:int NextToken"
     " Filters=Filter:[{Name Values=Value:[]}]}",
     "{EgressOnlyInternetGateways=egressOnlyInternetGatewaySet:[{Attachments=attachmentSet:[{State=state"
     " VpcId=vpcId}] EgressOnlyInternetGatewayId=egressOnlyInternetGatewayId Tags=tagSet:[{Key=key"
     " Value=value}]}] NextToken=nextToken}"},
    {"ec2", "DescribeVpcPeeringConnections",
     "{Filters=Filter:[{Name Values=Value:[]}] DryRun:bool"
     " VpcPeeringConnectionIds=VpcPeeringConnectionId:[] NextToken MaxResults:int}",
     "{VpcPeeringConnections=vpcPeeringConnectionSet:[{AccepterVpcInfo=accepterVpcInfo:@VpcPeeringConnectionVpcInfo"
     " ExpirationTime=expirationTime:time RequesterVpcInfo=requesterVpcInfo:@VpcPeeringConnectionVpcInfo"
     " Status=status:{Code=code Message=message} Tags=tagSet:[{Key=key Value=value}]"
     " VpcPeeringConnectionId=vpcPeeringConnectionId}] NextToken=nextToken}"},
    {"ec2", "DescribeTransitGateways",
     "{TransitGatewayIds:[] Filters=Filter:[{Name Values=Value:[]}] MaxResults:int NextToken DryRun:bool}",
     "{TransitGateways=transitGatewaySet:[{TransitGatewayId=transitGatewayId"
     " TransitGatewayArn=transitGatewayArn State=state OwnerId=ownerId Description=description"
     " CreationTime=creationTime:time Options=options:{AmazonSideAsn=amazonSideAsn:int"
     " TransitGatewayCidrBlocks=transitGatewayCidrBlocks:[]"
     " AutoAcceptSharedAttachments=autoAcceptSharedAttachments"
     " DefaultRouteTableAssociation=defaultRouteTableAssociation"
     " AssociationDefaultRouteTableId=associationDefaultRouteTableId"
     " DefaultRouteTablePropagation=defaultRouteTablePropagation"
     " PropagationDefaultRouteTableId=propagationDefaultRouteTableId VpnEcmpSupport=vpnEcmpSupport"
     " DnsSupport=dnsSupport MulticastSupport=multicastSupport} Tags=tagSet:[{Key=key Value=value}]}]"
     " NextToken=nextToken}"},
    {"ec2", "DescribeTransitGatewayAttachments",
     "{TransitGatewayAttachmentIds:[] Filters=Filter:[{Name Values=Value:[]}] MaxResults:int NextToken"
     " DryRun:bool}",
     "{TransitGatewayAttachments=transitGatewayAttachments:[{TransitGatewayAttachmentId=transitGatewayAttachmentId"
     " TransitGatewayId=transitGatewayId TransitGatewayOwnerId=transitGatewayOwnerId"
     " ResourceOwnerId=resourceOwnerId ResourceType=resourceType ResourceId=resourceId State=state"
     " Association=association:{TransitGatewayRouteTableId=transitGatewayRouteTableId State=state}"
     " CreationTime=creationTime:time Tags=tagSet:[{Key=key Value=value}]}] NextToken=nextToken}"},
    {"ec2", "DescribeTransitGatewayVpcAttachments",
     "{TransitGatewayAttachmentIds:[] Filters=Filter:[{Name Values=Value:[]}] MaxResults:int NextToken"
     " DryRun:bool}",
     "{TransitGatewayVpcAttachments=transitGatewayVpcAttachments:[{TransitGatewayAttachmentId=transitGatewayAttachmentId"
     " TransitGatewayId=transitGatewayId VpcId=vpcId VpcOwnerId=vpcOwnerId State=state"
     " SubnetIds=subnetIds:[] CreationTime=creationTime:time Options=options:{DnsSupport=dnsSupport"
     " Ipv6Support=ipv6Support ApplianceModeSupport=applianceModeSupport} Tags=tagSet:[{Key=key"
     " Value=value}]}] NextToken=nextToken}"},
    {"ec2", "DescribeTransitGatewayRouteTables",
     "{TransitGatewayRouteTableIds:[] Filters=Filter:[{Name Values=Value:[]}] MaxResults:int NextToken"
     " DryRun:bool}",
     "{TransitGatewayRouteTables=transitGatewayRouteTables:[{TransitGatewayRouteTableId=transitGatewayRouteTableId"
     " TransitGatewayId=transitGatewayId State=state"
     " DefaultAssociationRouteTable=defaultAssociationRouteTable:bool"
     " DefaultPropagationRouteTable=defaultPropagationRouteTable:bool CreationTime=creationTime:time"
     " Tags=tagSet:[{Key=key Value=value}]}] NextToken=nextToken}"},
    {"ec2", "SearchTransitGatewayRoutes",
     "{TransitGatewayRouteTableId Filters=Filter:[{Name Values=Value:[]}] MaxResults:int DryRun:bool}",
     "{Routes=routeSet:[{DestinationCidrBlock=destinationCidrBlock PrefixListId=prefixListId"
     " TransitGatewayRouteTableAnnouncementId=transitGatewayRouteTableAnnouncementId"
     " TransitGatewayAttachments=transitGatewayAttachments:[{ResourceId=resourceId"
     " TransitGatewayAttachmentId=transitGatewayAttachmentId ResourceType=resourceType}] Type=type"
     " State=state}] AdditionalRoutesAvailable=additionalRoutesAvailable:bool}"},
    {"ec2", "CreateNetworkInsightsPath",
     "{SourceIp DestinationIp Source Destination Protocol DestinationPort:int"
     " TagSpecifications=TagSpecification:[{ResourceType Tags=Tag:[{Key Value}]}] DryRun:bool ClientToken}",
     "{NetworkInsightsPath=networkInsightsPath:@NetworkInsightsPath}"},
    {"ec2", "StartNetworkInsightsAnalysis",
     "{NetworkInsightsPathId AdditionalAccounts=AdditionalAccount:[] FilterInArns=FilterInArn:[]"
     " DryRun:bool TagSpecifications=TagSpecification:[{ResourceType Tags=Tag:[{Key Value}]}] ClientToken}",
     "{NetworkInsightsAnalysis=networkInsightsAnalysis:@NetworkInsightsAnalysis}"},
    {"ec2", "DescribeNetworkInsightsAnalyses",
     "{NetworkInsightsAnalysisIds=NetworkInsightsAnalysisId:[] NetworkInsightsPathId"
     " AnalysisStartTime:time AnalysisEndTime:time Filters=Filter:[{Name Values=Value:[]}] MaxResults:int"
     " DryRun:bool NextToken}",
     "{NetworkInsightsAnalyses=networkInsightsAnalysisSet:[@NetworkInsightsAnalysis] NextToken=nextToken}"},
    {"ec2", "DeleteNetworkInsightsAnalysis",
     "{DryRun:bool NetworkInsightsAnalysisId}",
     "{NetworkInsightsAnalysisId=networkInsightsAnalysisId}"},
    {"ec2", "DeleteNetworkInsightsPath",
     "{DryRun:bool NetworkInsightsPathId}",
     "{NetworkInsightsPathId=networkInsightsPathId}"},
    {"ec2", "CreateSubnet",
     "{TagSpecifications=TagSpecification:[@TagSpecification] AvailabilityZone AvailabilityZoneId"
     " CidrBlock Ipv6CidrBlock OutpostArn VpcId DryRun:bool Ipv6Native:bool}",
     "{Subnet=subnet:@Subnet}"},
    {"ec2", "ModifySubnetAttribute",
     "{AssignIpv6AddressOnCreation:{Value:bool} MapPublicIpOnLaunch:{Value:bool} SubnetId"
     " MapCustomerOwnedIpOnLaunch:{Value:bool} CustomerOwnedIpv4Pool EnableDns64:{Value:bool}"
     " PrivateDnsHostnameTypeOnLaunch EnableResourceNameDnsARecordOnLaunch:{Value:bool}"
     " EnableResourceNameDnsAAAARecordOnLaunch:{Value:bool} EnableLniAtDeviceIndex:int"
     " DisableLniAtDeviceIndex:{Value:bool}}",
     "{}"},
    {"ec2", "CreateRoute",
     "{DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId DryRun:bool VpcEndpointId"
     " EgressOnlyInternetGatewayId GatewayId InstanceId NatGatewayId TransitGatewayId LocalGatewayId"
     " CarrierGatewayId NetworkInterfaceId RouteTableId VpcPeeringConnectionId CoreNetworkArn}",
     "{Return=return:bool}"},
    {"ec2", "DeleteRoute",
     "{DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId DryRun:bool RouteTableId}",
     "{}"},
    {"ec2", "AssociateRouteTable",
     "{DryRun:bool RouteTableId SubnetId GatewayId}",
     "{AssociationId=associationId AssociationState=associationState:{State=state"
     " StatusMessage=statusMessage}}"},
    {"ec2", "DisassociateRouteTable",
     "{AssociationId DryRun:bool}",
     "{}"},
    {"ec2", "ReplaceRouteTableAssociation",
     "{AssociationId DryRun:bool RouteTableId}",
     "{NewAssociationId=newAssociationId AssociationState=associationState:{State=state"
     " StatusMessage=statusMessage}}"},
    {"ec2", "CreateInternetGateway",
     "{TagSpecifications=TagSpecification:[@TagSpecification] DryRun:bool}",
     "{InternetGateway=internetGateway:{Attachments=attachmentSet:[{State=state VpcId=vpcId}]"
     " InternetGatewayId=internetGatewayId OwnerId=ownerId Tags=tagSet:[{Key=key Value=value}]}}"},
    {"ec2", "DeleteInternetGateway",
     "{DryRun:bool InternetGatewayId}",
     "{}"},
    {"ec2", "DeleteSubnet",
     "{SubnetId DryRun:bool}",
     "{}"},
    {"ec2", "ReplaceRoute",
     "{DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId DryRun:bool"
     " VpcEndpointId EgressOnlyInternetGatewayId GatewayId InstanceId LocalTarget:bool NatGatewayId"
     " TransitGatewayId LocalGatewayId CarrierGatewayId NetworkInterfaceId RouteTableId"
     " VpcPeeringConnectionId CoreNetworkArn}",
     "{}"},
    {"ec2", "ModifyVpcAttribute",
     "{EnableDnsHostnames:{Value:bool} EnableDnsSupport:{Value:bool} VpcId"
     " EnableNetworkAddressUsageMetrics:{Value:bool}}",
     "{}"},
    {"ec2", "DeleteNetworkInterface",
     "{DryRun:bool NetworkInterfaceId}",
     "{}"},
    {"ec2", "AttachInternetGateway",
     "{DryRun:bool InternetGatewayId VpcId}",
     "{}"},
    {"ec2", "DetachInternetGateway",
     "{DryRun:bool InternetGatewayId VpcId}",
     "{}"},
    {"ec2", "CreateVpcEndpoint",
     "{DryRun:bool VpcEndpointType VpcId ServiceName PolicyDocument RouteTableIds=RouteTableId:[]"
     " SubnetIds=SubnetId:[] SecurityGroupIds=SecurityGroupId:[] IpAddressType"
     " DnsOptions:{DnsRecordIpType} ClientToken PrivateDnsEnabled:bool"
     " TagSpecifications=TagSpecification:[@TagSpecification]}",
     "{VpcEndpoint=vpcEndpoint:@VpcEndpoint ClientToken=clientToken}"},
    {"ec2", "ModifyVpcEndpoint",
     "{DryRun:bool VpcEndpointId ResetPolicy:bool PolicyDocument AddRouteTableIds=AddRouteTableId:[]"
     " RemoveRouteTableIds=RemoveRouteTableId:[] AddSubnetIds=AddSubnetId:[]"
     " RemoveSubnetIds=RemoveSubnetId:[] AddSecurityGroupIds=AddSecurityGroupId:[]"
     " RemoveSecurityGroupIds=RemoveSecurityGroupId:[] IpAddressType DnsOptions:{DnsRecordIpType}"
     " PrivateDnsEnabled:bool}",
     "{Return=return:bool}"},
    {"ec2", "DeleteVpcEndpoints",
     "{DryRun:bool VpcEndpointIds=VpcEndpointId:[]}",
     "{Unsuccessful=unsuccessful:[{Error=error:{Code=code Message=message} ResourceId=resourceId}]}"},
    {"ec2", "AuthorizeSecurityGroupIngress",
     "{CidrIp FromPort:int GroupId GroupName IpPermissions:[@IpPermissionInput] IpProtocol"
     " SourceSecurityGroupName SourceSecurityGroupOwnerId ToPort:int DryRun:bool"
     " TagSpecifications=TagSpecification:[@TagSpecification]}",
     "{Return=return:bool SecurityGroupRules=securityGroupRuleSet:[@SecurityGroupRule]}"},
    {"ec2", "AuthorizeSecurityGroupEgress",
     "{DryRun:bool GroupId IpPermissions:[@IpPermissionInput]"
     " TagSpecifications=TagSpecification:[@TagSpecification] CidrIp FromPort:int IpProtocol ToPort:int"
     " SourceSecurityGroupName SourceSecurityGroupOwnerId}",
     "{Return=return:bool SecurityGroupRules=securityGroupRuleSet:[@SecurityGroupRule]}"},
    {"ec2", "RevokeSecurityGroupIngress",
     "{CidrIp FromPort:int GroupId GroupName IpPermissions:[@IpPermissionInput] IpProtocol"
     " SourceSecurityGroupName SourceSecurityGroupOwnerId ToPort:int DryRun:bool"
     " SecurityGroupRuleIds=SecurityGroupRuleId:[]}",
     "{Return=return:bool UnknownIpPermissions=unknownIpPermissionSet:[@IpPermission]}"},
    {"ec2", "RevokeSecurityGroupEgress",
     "{DryRun:bool GroupId IpPermissions:[@IpPermissionInput] SecurityGroupRuleIds=SecurityGroupRuleId:[]"
     " CidrIp FromPort:int IpProtocol ToPort:int SourceSecurityGroupName SourceSecurityGroupOwnerId}",
     "{Return=return:bool UnknownIpPermissions=unknownIpPermissionSet:[@IpPermission]}"},
    {"ec2", "CreateNetworkAclEntry",
     "{CidrBlock DryRun:bool Egress:bool IcmpTypeCode=Icmp:{Code:int Type:int} Ipv6CidrBlock NetworkAclId"
     " PortRange:{From:int To:int} Protocol RuleAction RuleNumber:int}",
     "{}"},
    {"ec2", "ReplaceNetworkAclEntry",
     "{CidrBlock DryRun:bool Egress:bool IcmpTypeCode=Icmp:{Code:int Type:int} Ipv6CidrBlock NetworkAclId"
     " PortRange:{From:int To:int} Protocol RuleAction RuleNumber:int}",
     "{}"},
    {"ec2", "DeleteNetworkAclEntry",
     "{DryRun:bool Egress:bool NetworkAclId RuleNumber:int}",
     "{}"},

    // elbv2
    {"elbv2", "DescribeLoadBalancers",
     "{LoadBalancerArns:[] Names:[] Marker PageSize:int}",
     "{LoadBalancers:[{LoadBalancerArn DNSName CanonicalHostedZoneId CreatedTime:time LoadBalancerName"
     " Scheme VpcId State:{Code Reason} Type AvailabilityZones:[{ZoneName SubnetId OutpostId"
     " LoadBalancerAddresses:[{IpAddress AllocationId PrivateIPv4Address IPv6Address}]}] SecurityGroups:[]"
     " IpAddressType CustomerOwnedIpv4Pool}] NextMarker}"},
    {"elbv2", "DescribeListeners",
     "{LoadBalancerArn ListenerArns:[] Marker PageSize:int}",
     "{Listeners:[{ListenerArn LoadBalancerArn Port:int Protocol Certificates:[{CertificateArn"
     " IsDefault:bool}] SslPolicy DefaultActions:[{Type TargetGroupArn AuthenticateOidcConfig:{Issuer"
     " AuthorizationEndpoint TokenEndpoint UserInfoEndpoint ClientId ClientSecret SessionCookieName Scope"
     " SessionTimeout:int AuthenticationRequestExtraParams:<key value> OnUnauthenticatedRequest"
     " UseExistingClientSecret:bool} AuthenticateCognitoConfig:{UserPoolArn UserPoolClientId"
     " UserPoolDomain SessionCookieName Scope SessionTimeout:int AuthenticationRequestExtraParams:<key"
     " value> OnUnauthenticatedRequest} Order:int RedirectConfig:{Protocol Port Host Path Query"
     " StatusCode} FixedResponseConfig:{MessageBody StatusCode ContentType}"
     " ForwardConfig:{TargetGroups:[{TargetGroupArn Weight:int}] TargetGroupStickinessConfig:{Enabled:bool"
     " DurationSeconds:int}}}] AlpnPolicy:[]}] NextMarker}"},
    {"elbv2", "DescribeTargetGroups",
     "{LoadBalancerArn TargetGroupArns:[] Names:[] Marker PageSize:int}",
     "{TargetGroups:[{TargetGroupArn TargetGroupName Protocol Port:int VpcId HealthCheckProtocol"
     " HealthCheckPort HealthCheckEnabled:bool HealthCheckIntervalSeconds:int"
     " HealthCheckTimeoutSeconds:int HealthyThresholdCount:int UnhealthyThresholdCount:int HealthCheckPath"
     " Matcher:{HttpCode GrpcCode} LoadBalancerArns:[] TargetType ProtocolVersion IpAddressType}]"
     " NextMarker}"},
    {"elbv2", "DescribeTargetGroupAttributes",
     "{TargetGroupArn}",
     "{Attributes:[{Key Value}]}"},
    {"elbv2", "DescribeTargetHealth",
     "{TargetGroupArn Targets:[{Id Port:int AvailabilityZone}]}",
     "{TargetHealthDescriptions:[{Target:{Id Port:int AvailabilityZone} HealthCheckPort"
     " TargetHealth:{State Reason Description}}]}"},
    {"elbv2", "ModifyTargetGroupAttributes",
     "{TargetGroupArn Attributes:[{Key Value}]}",
     "{Attributes:[{Key Value}]}"},
    {"elbv2", "RegisterTargets",
     "{TargetGroupArn Targets:[{Id Port:int AvailabilityZone}]}",
     "{}"},
    {"elbv2", "DeregisterTargets",
     "{TargetGroupArn Targets:[{Id Port:int AvailabilityZone}]}",
     "{}"},

    // iam
    {"iam", "ListRoles",
     "{PathPrefix Marker MaxItems:int}",
     "{Roles:[@Role] IsTruncated:bool Marker}"},
    {"iam", "GetRole",
     "{RoleName}",
     "{Role:@Role}"},
    {"iam", "ListRolePolicies",
     "{RoleName Marker MaxItems:int}",
     "{PolicyNames:[] IsTruncated:bool Marker}"},
    {"iam", "GetRolePolicy",
     "{RoleName PolicyName}",
     "{RoleName PolicyName PolicyDocument:policy}"},
    {"iam", "ListAttachedRolePolicies",
     "{RoleName PathPrefix Marker MaxItems:int}",
     "{AttachedPolicies:[{PolicyName PolicyArn}] IsTruncated:bool Marker}"},
    {"iam", "GetUser",
     "{UserName}",
     "{User:{Path UserName UserId Arn CreateDate:time PasswordLastUsed:time PermissionsBoundary:{PermissionsBoundaryType PermissionsBoundaryArn} Tags:[{Key Value}]}}"},
    {"iam", "ListUserPolicies",
     "{UserName Marker MaxItems:int}",
     "{PolicyNames:[] IsTruncated:bool Marker}"},
    {"iam", "GetUserPolicy",
     "{UserName PolicyName}",
     "{UserName PolicyName PolicyDocument:policy}"},
    {"iam", "ListAttachedUserPolicies",
     "{UserName PathPrefix Marker MaxItems:int}",
     "{AttachedPolicies:[{PolicyName PolicyArn}] IsTruncated:bool Marker}"},
    {"iam", "ListGroupsForUser",
     "{UserName Marker MaxItems:int}",
     "{Groups:[{Path GroupName GroupId Arn CreateDate:time}] IsTruncated:bool Marker}"},
    {"iam", "ListGroupPolicies",
     "{GroupName Marker MaxItems:int}",
     "{PolicyNames:[] IsTruncated:bool Marker}"},
    {"iam", "GetGroupPolicy",
     "{GroupName PolicyName}",
     "{GroupName PolicyName PolicyDocument:policy}"},
    {"iam", "ListAttachedGroupPolicies",
     "{GroupName PathPrefix Marker MaxItems:int}",
     "{AttachedPolicies:[{PolicyName PolicyArn}] IsTruncated:bool Marker}"},
    {"iam", "GetPolicy",
     "{PolicyArn}",
     "{Policy:{PolicyName PolicyId Arn Path DefaultVersionId AttachmentCount:int"
     " PermissionsBoundaryUsageCount:int IsAttachable:bool Description CreateDate:time UpdateDate:time"
     " Tags:[{Key Value}]}}"},
    {"iam", "GetPolicyVersion",
     "{PolicyArn VersionId}",
     "{PolicyVersion:{Document:policy VersionId IsDefaultVersion:bool CreateDate:time}}"},
    {"iam", "ListEntitiesForPolicy",
     "{PolicyArn EntityFilter PathPrefix PolicyUsageFilter Marker MaxItems:int}",
     "{PolicyGroups:[{GroupName GroupId}] PolicyUsers:[{UserName UserId}] PolicyRoles:[{RoleName RoleId}]"
     " IsTruncated:bool Marker}"},
    {"iam", "PutRolePolicy",
     "{RoleName PolicyName PolicyDocument}",
     "{}"},
    {"iam", "CreatePolicyVersion",
     "{PolicyArn PolicyDocument SetAsDefault:bool}",
     "{PolicyVersion:{Document:policy VersionId IsDefaultVersion:bool CreateDate:time}}"},
    {"iam", "ListPolicyVersions",
     "{PolicyArn Marker MaxItems:int}",
     "{Versions:[{Document:policy VersionId IsDefaultVersion:bool CreateDate:time}] IsTruncated:bool Marker}"},
    {"iam", "DeletePolicyVersion",
     "{PolicyArn VersionId}",
     "{}"},
    {"iam", "SetDefaultPolicyVersion",
     "{PolicyArn VersionId}",
     "{}"},
    {"iam", "CreateServiceLinkedRole",
     "{AWSServiceName Description CustomSuffix}",
     "{Role:@Role}"},
    {"iam", "DeleteRolePolicy",
     "{RoleName PolicyName}",
     "{}"},

    // sts
    {"sts", "GetCallerIdentity",
     "{}",
     "{UserId Account Arn}"},
    {"sts", "AssumeRole",
     "{RoleArn RoleSessionName PolicyArns:[{arn}] Policy DurationSeconds:int Tags:[{Key Value}]"
     " TransitiveTagKeys:[] ExternalId SerialNumber TokenCode SourceIdentity}",
     "{Credentials:@Credentials AssumedRoleUser:{AssumedRoleId Arn} PackedPolicySize:int SourceIdentity}"},
    {"sts", "AssumeRoleWithWebIdentity",
     "{RoleArn RoleSessionName WebIdentityToken ProviderId PolicyArns:[{arn}] Policy DurationSeconds:int}",
     "{Credentials:@Credentials SubjectFromWebIdentityToken AssumedRoleUser:{AssumedRoleId Arn}"
     " PackedPolicySize:int Provider Audience SourceIdentity}"},
    {"sts", "DecodeAuthorizationMessage",
     "{EncodedMessage}",
     "{DecodedMessage}"},

    // cloudwatch
    {"cloudwatch", "GetMetricData",
     "{MetricDataQueries:[@MetricDataQuery] StartTime:time EndTime:time NextToken ScanBy MaxDatapoints:int"
     " LabelOptions:{Timezone}}",
     "{MetricDataResults:[{Id Label Timestamps:[time] Values:[double] StatusCode Messages:[{Code Value}]}]"
     " NextToken Messages:[{Code Value}]}"},
    {"cloudwatch", "GetMetricStatistics",
     "{Namespace MetricName Dimensions:[{Name Value}] StartTime:time EndTime:time Period:int Statistics:[]"
     " ExtendedStatistics:[] Unit}",
     "{Label Datapoints:[{Timestamp:time SampleCount:double Average:double Sum:double Minimum:double"
     " Maximum:double Unit ExtendedStatistics:<key value:double>}]}"},
    {"cloudwatch", "ListMetrics",
     "{Namespace MetricName Dimensions:[{Name Value}] NextToken RecentlyActive IncludeLinkedAccounts:bool"
     " OwningAccount}",
     "{Metrics:[@Metric] NextToken OwningAccounts:[]}"},
    {"cloudwatch", "DescribeAlarms",
     "{AlarmNames:[] AlarmNamePrefix AlarmTypes:[] ChildrenOfAlarmName ParentsOfAlarmName StateValue"
     " ActionPrefix MaxRecords:int NextToken}",
     "{CompositeAlarms:[{ActionsEnabled:bool AlarmActions:[] AlarmArn"
     " AlarmConfigurationUpdatedTimestamp:time AlarmDescription AlarmName AlarmRule"
     " InsufficientDataActions:[] OKActions:[] StateReason StateReasonData StateUpdatedTimestamp:time"
     " StateValue StateTransitionedTimestamp:time ActionsSuppressedBy ActionsSuppressedReason"
     " ActionsSuppressor ActionsSuppressorWaitPeriod:int ActionsSuppressorExtensionPeriod:int}]"
     " MetricAlarms:[{AlarmName AlarmArn AlarmDescription AlarmConfigurationUpdatedTimestamp:time"
     " ActionsEnabled:bool OKActions:[] AlarmActions:[] InsufficientDataActions:[] StateValue StateReason"
     " StateReasonData StateUpdatedTimestamp:time MetricName Namespace Statistic ExtendedStatistic"
     " Dimensions:[{Name Value}] Period:int Unit EvaluationPeriods:int DatapointsToAlarm:int"
     " Threshold:double ComparisonOperator TreatMissingData EvaluateLowSampleCountPercentile Metrics:[{Id"
     " MetricStat:{Metric:@Metric Period:int Stat Unit} Expression Label ReturnData:bool Period:int"
     " AccountId}] ThresholdMetricId}] NextToken}"},
    {"cloudwatch", "PutMetricAlarm",
     "{AlarmName AlarmDescription ActionsEnabled:bool OKActions:[] AlarmActions:[]"
     " InsufficientDataActions:[] MetricName Namespace Statistic ExtendedStatistic Dimensions:[{Name"
     " Value}] Period:int Unit EvaluationPeriods:int DatapointsToAlarm:int Threshold:double"
     " ComparisonOperator TreatMissingData EvaluateLowSampleCountPercentile Metrics:[@MetricDataQuery]"
     " Tags:[{Key Value}] ThresholdMetricId}",
     "{}"},
    {"cloudwatch", "PutMetricData",
     "{Namespace MetricData:[{MetricName Dimensions:[{Name Value}] Timestamp:time Value:double"
     " StatisticValues:{SampleCount:double Sum:double Minimum:double Maximum:double} Values:[double]"
     " Counts:[double] Unit StorageResolution:int}]}",
     "{}"},
    {"cloudwatch", "DeleteAlarms",
     "{AlarmNames:[]}",
     "{}"},

    // sqs
    {"sqs", "ListQueues",
     "{QueueNamePrefix NextToken MaxResults:int}",
     "{QueueUrls=QueueUrl:*[] NextToken}"},
    {"sqs", "GetQueueUrl",
     "{QueueName QueueOwnerAWSAccountId}",
     "{QueueUrl}"},
    {"sqs", "GetQueueAttributes",
     "{QueueUrl AttributeNames=AttributeName:*[]}",
     "{Attributes=Attribute:*<Name Value>}"},
    {"sqs", "CreateQueue",
     "{QueueName Attributes=Attribute:*<Name Value> tags=Tag:*<Key Value>}",
     "{QueueUrl}"},
    {"sqs", "SendMessage",
     "{QueueUrl MessageBody DelaySeconds:int MessageAttributes=MessageAttribute:*<Name Value:{StringValue"
     " BinaryValue:blob StringListValues=StringListValue:*[] BinaryListValues=BinaryListValue:*[blob]"
     " DataType}> MessageSystemAttributes=MessageSystemAttribute:*<Name Value:{StringValue"
     " BinaryValue:blob StringListValues=StringListValue:*[] BinaryListValues=BinaryListValue:*[blob]"
     " DataType}> MessageDeduplicationId MessageGroupId}",
     "{MD5OfMessageBody MD5OfMessageAttributes MD5OfMessageSystemAttributes MessageId SequenceNumber}"},
    {"sqs", "ReceiveMessage",
     "{QueueUrl AttributeNames=AttributeName:*[] MessageAttributeNames=MessageAttributeName:*[]"
     " MaxNumberOfMessages:int VisibilityTimeout:int WaitTimeSeconds:int ReceiveRequestAttemptId}",
     "{Messages=Message:*[{MessageId ReceiptHandle MD5OfBody Body Attributes=Attribute:*<Name Value>"
     " MD5OfMessageAttributes MessageAttributes=MessageAttribute:*<Name Value:{StringValue"
     " BinaryValue:blob StringListValues=StringListValue:*[] BinaryListValues=BinaryListValue:*[blob]"
     " DataType}>}]}"},
    {"sqs", "DeleteMessage",
     "{QueueUrl ReceiptHandle}",
     "{}"},
    {"sqs", "PurgeQueue",
     "{QueueUrl}",
     "{}"},

    // cloudtrail
    {"cloudtrail", "LookupEvents", "{StartTime:time EndTime:time}", ""},

    // health
    {"health", "DescribeEvents", "{filter:{startTimes:[{from:time to:time}] endTimes:[{from:time to:time}]"
     " lastUpdatedTimes:[{from:time to:time}]}}", ""},
    {"health", "DescribeAffectedEntities", "{filter:{lastUpdatedTimes:[{from:time to:time}]}}", ""},

    // events
    {"events", "PutEvents", "{Entries:[{Time:time}]}", ""},

    // config
    {"config", "GetResourceConfigHistory", "{laterTime:time earlierTime:time}", ""},
};
// clang-format on

}  // namespace

const ShapeText* find_shape_text(std::string_view service, std::string_view operation) {
  const auto* found = std::find_if(std::begin(kShapes), std::end(kShapes), [&](const ShapeText& row) {
    return row.service == service && row.operation == operation;
  });
  return found == std::end(kShapes) ? nullptr : found;
}

std::string_view shared_shape(std::string_view service, std::string_view name) {
  const auto* found = std::find_if(std::begin(kShared), std::end(kShared), [&](const SharedShape& row) {
    return row.service == service && row.name == name;
  });
  return found == std::end(kShared) ? std::string_view{} : found->text;
}

}  // namespace doctor::aws
