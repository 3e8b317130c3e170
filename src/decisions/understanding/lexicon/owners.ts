import type { OwnerRule, Words } from './shapes.ts';

export const ownerWords: Words = {
  infra_thing: {
    en: `vm, vms, virtual machine, virtual machines, proxmox, vmware, vsphere, hypervisor, hypervisors, esxi, firewall, firewall rule, firewall rules, vlan, vlans, network switch, router, routers, dns, dns record, dns records, dns server, dhcp, ip address, ip addresses, ip range, storage array, san, nas,
      hard drive, ssd, rack, racks, cable, cables, unifi, cloudflare, network card, bare metal server, bare metal servers, physical server, physical servers, load balancer, load balancers, vpn, subnet, network switches, hardware purchase, data center, datacenter, ups, truenas`,
    de: 'virtuelle maschine, virtuelle maschinen, netzwerk switch',
    es: 'maquina virtual, maquinas virtuales, cortafuegos',
    fr: 'machine virtuelle, machines virtuelles, pare feu',
  },
  monitoring_thing: {
    en: 'prometheus, grafana, dashboard, dashboards, alert rule, alert rules, alerting, alerting rules, alertmanager, datadog, uptimerobot, netdata, loki, prometheus monitoring, grafana dashboard, grafana dashboards, prometheus alerts, servicemonitor, pagerduty, monitoring setup, monitoring stack, alerting rule, checkmk, zabbix, newrelic, new relic, monitoring dashboard',
    de: 'alarmregeln',
    es: 'panel de control, tablero',
    fr: 'tableau de bord, tableaux de bord',
  },
  identity_thing: {
    en: `azure ad, azure active directory, entra, entra id, active directory, sso, single sign on, saml, oidc, ldap, mfa, user account, user accounts, okta, keycloak, cluster admin access, admin access, access patterns, access reviews, access review, microsoft 365, office 365,
      m365, password policy, group membership, user groups, identity provider, access audit, user access, intune, sharepoint, onedrive, teams channel, cluster access, login`,
    de: 'benutzerkonto, benutzerkonten',
    es: 'cuenta de usuario, cuentas de usuario',
    fr: 'compte utilisateur, comptes utilisateur',
  },
  workflow_thing: {
    en: 'workflow, workflows, n8n workflow, n8n workflows, automation workflow, zapier, webhook automation, n8n automation, automation flow',
    de: 'workflow automatisierung',
    es: 'flujo de trabajo, flujos de trabajo',
    fr: 'flux de travail',
  },
  code_thing: {
    en: `source code, code, bug, bugs, feature, features, unit test, unit tests, refactor, refactoring, pull request, pull requests, new capability, new capabilities, remediation, automated remediation, automated node remediation, function, python script, script, scripts, library, sdk, login page,
      api endpoint, repository, repo, software, typescript, frontend page, contractor capability, contractor capabilities, rest api, react component, mcp tool`,
    de: 'quellcode, fehler im code',
    es: 'codigo fuente, codigo',
    fr: 'code source',
  },
  scan_thing: {
    en: `cve, cves, vulnerability, vulnerabilities, vulnerability scan, vulnerability scanning, image scan, image scanning, scan, scans, scanning, security scan, security scanning, security scans, container security scanning, trivy, malware, penetration test, pentest, falco, runtime security, security posture, security audit, compliance audit, intrusion, intrusion detection,
      vulnerability remediation, threat, threats, security review, security assessment, security incident, exploit, breach`,
    de: 'schwachstelle, schwachstellen, scanne',
    es: 'vulnerabilidad, vulnerabilidades, escanea',
    fr: 'vulnerabilite, vulnerabilites, scanne les',
  },
  inventory_thing: {
    en: 'inventory, asset, assets, asset tracking, asset inventory, cmdb, catalog, catalogue, cluster documentation, workload documentation, asset register, documentation of',
    de: 'inventar, bestandsliste',
    es: 'inventario',
    fr: 'inventaire',
  },
  pipeline_thing: {
    en: 'pipeline, pipelines, ci cd, ci cd pipeline, github actions, github action, gitlab, gitlab ci, jenkins, argocd, argo cd, argo, flux, fluxcd, gitops, gitops workflow, gitops workflows, docker build, build pipeline, deployment pipeline, deployment automation, tekton, container registry, docker image, circleci, release automation, ci, ci pipeline',
    de: 'build pipeline der',
    es: 'canalizacion',
    fr: 'pipeline de',
  },
  budget_thing: {
    en: 'token budget, more tokens, additional tokens, tokens, budget, budget increase, budget overrun, more budget, headcount, hire, staffing, cost approval, cross division, cross division workload, cross division workload coordination, cross division coordination, workload coordination, division budget, other division, another division, between divisions, across divisions',
    de: 'budget erhohen',
    es: 'presupuesto',
    fr: 'budget de',
  },
  strategy_thing: {
    en: `kubernetes architecture, architecture, cluster architecture, multi cluster strategy, multicluster strategy, multi cluster architecture, strategy, container strategy, vendor, vendors, vendor change, roadmap, container roadmap, topology, cluster topology, topology change, platform change, eks, aks, gke, openshift, rancher, k3s, nomad, docker swarm,
      ubuntu, flatcar, away from talos, off talos, different platform, another platform, aws, azure, google cloud, gcp, vendor lock in`,
    de: 'architektur, strategie',
    es: 'arquitectura, estrategia',
    fr: 'architecture de, strategie de',
  },
};

/** Seed 139 to 175 (shared services), 325 to 414 (handoffs), 103 to 125 (what COO and Prime decide). */
export const owners: readonly OwnerRule[] = [
  {
    owner: 'prime',
    patterns: ['strategy_thing'],
    reason: 'architecture, strategy, vendors and topology are decided by Cortex Prime (seed 120-125)',
  },
  {
    owner: 'coo',
    patterns: ['budget_thing'],
    reason: 'budget and coordination between divisions are the COO’s (seed 113-118, 131-135)',
  },
  {
    owner: 'security',
    patterns: ['scan_thing'],
    reason: 'scanning, vulnerabilities and runtime security are the Security Master’s (seed 358-361)',
  },
  {
    owner: 'monitoring',
    patterns: ['monitoring_thing', 'set_up monitor', 'configure monitor', 'create monitor'],
    reason: 'monitoring, dashboards and alert rules are the Monitoring Division’s (seed 363-366)',
  },
  {
    owner: 'infrastructure',
    patterns: ['infra_thing'],
    reason: 'machines, networks and storage are the Infrastructure Division’s (seed 326-350)',
  },
  {
    owner: 'configuration',
    patterns: ['identity_thing'],
    reason: 'identity and access are the Configuration Division’s (seed 407-414)',
  },
  {
    owner: 'workflows',
    patterns: ['workflow_thing'],
    reason: 'workflows are the Workflows Division’s; only their workloads run here (seed 370-379)',
  },
  {
    owner: 'cicd',
    patterns: ['pipeline_thing'],
    reason: 'pipelines, builds and GitOps are the CI/CD Master’s (seed 175, 743-746)',
  },
  {
    owner: 'development',
    patterns: ['code_thing', 'add contractor', 'create contractor', 'write contractor', 'fix contractor'],
    reason: 'code, features and new capabilities of contractors are the Development Master’s (seed 352-356)',
  },
  {
    owner: 'inventory',
    patterns: ['inventory_thing', 'write cluster', 'write workload', 'write cluster_name'],
    reason: 'documentation and asset tracking are the Inventory Master’s (seed 174)',
  },
  {
    owner: 'coo',
    patterns: ['move workload', 'move pods', 'move workload_name'],
    reason: 'the migration of workloads between divisions is the COO’s (seed 117)',
  },
];
