/** Plurals of the kinds Talos 1.13 has, without their domains. */
const PLURALS = new Set(
  `
  apiserverconfigs apiserviceconfigs acquireconfigspecs acquireconfigstatuses addressspecs addressstatuses
  adjtimestatuses admissioncontrolconfigs affiliates apicertificates auditpolicyconfigs authorizationconfigs
  blockdevices blocksymlinks bootedentries bootstrapmanifestsconfigs cpustats certsans configstatuses
  controllermanagerconfigs dnsresolvecaches dnsupstreams deviceconfigspecs devicesstatuses diagnostics
  discoveredvolumes discoveryconfigs discoveryrefreshrequests discoveryrefreshstatuses disks encryptionsalts
  endpoints environments etcfilespecs etcfilestatuses etcdconfigs etcdmembers etcdrootsecrets etcdsecrets
  etcdspecs ethernetspecs ethernetstatuses eventsinkconfigs extensionserviceconfigstatuses
  extensionserviceconfigs extensionstatuses extramanifestsconfigs hardwareaddresses hostdnsconfigs hostnamespecs
  hostnamestatuses identities imagecacheconfigs imageverificationrules infos kernelcmdlines kernelmodulespecs
  kernelparamdefaultspecs kernelparamspecs kernelparamstatuses kmsglogconfigs kubeprismconfigs
  kubeprismendpoints kubeprismstatuses kubespanconfigs kubespanendpoints kubespanidentities kubespanpeerspecs
  kubespanpeerstatuses kubeletconfigs kubeletkubeconfigs kubeletlifecycles kubeletsecrets kubeletspecs
  kubernetesaccessconfigs kubernetesdynamiccerts kubernetesrootsecrets kubernetessecrets linkaliasspecs
  linkrefreshes linkspecs linkstatuses loadedkernelmodules machineconfigs machineresetsignals machinestatuses
  machinetypes maintenancerootsecrets maintenanceserviceconfigs maintenanceservicerequests manifeststatuses
  manifests members memorymodules memorystats metakeys metaloads mountrequests mountstatuses networkstatuses
  nftableschains nodeaddressfilters nodeaddresssortalgorithms nodeaddresses nodeannotationspecs
  nodecordonedspecs nodeipconfigs nodeips nodelabelspecs nodestatuses nodetaintspecs nodenames oomactions
  osrootsecrets operatorspecs pcidevices pcidriverrebindconfigs pcidriverrebindstatuses pcrstatuses pkistatuses
  platformconfigs platformmetadatas probespecs probestatuses processors registryconfigs resolverspecs
  resolverstatuses routespecs routestatuses routingrulespecs routingrulestatuses sbomitems schedulerconfigs
  seccompprofiles secretstatuses securitystates servicepids services siderolinkconfigs siderolinkstatuses
  siderolinktunnels staticpodserverstatuses staticpodstatuses staticpods swapstatuses systemdisks
  systeminformations tuftrustedroots timeserverspecs timeserverstatuses timestatuses trustdcertificates
  uniquemachinetokens userdiskconfigstatuses versions volumeconfigs volumelifecycles volumemountrequests
  volumemountstatuses volumestatuses watchdogtimerconfigs watchdogtimerstatuses zswapstatuses
`
    .trim()
    .split(/\s+/),
);

/** True for a kind Talos has by this name, in whatever form it is asked for. */
export function isRealKind(name: string): boolean {
  const wanted = name.toLowerCase().split('.')[0] ?? '';
  return [wanted, `${wanted}s`, `${wanted}es`, wanted.replace(/y$/, 'ies')].some(plural => PLURALS.has(plural));
}
