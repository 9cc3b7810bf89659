//! Features of a driver that are on or off, by the kernel's names (`net/ethtool/common.c`, `netdev_features_strings`).

use linkctl_schema::field::onoff;
use linkctl_schema::*;

use super::ethtool::FEATURES;

fields! {
    /// Send packets that lie in several pieces.
    TX_SCATTER_GATHER: bool = onoff(1, "tx-scatter-gather").also(&["sg"]).within(&[FEATURES]);
    /// The hardware sums up sent packets of TCP and UDP over IPv4.
    TX_CHECKSUM_IPV4: bool = onoff(2, "tx-checksum-ipv4").within(&[FEATURES]);
    /// The hardware sums up sent packets wherever it is told.
    TX_CHECKSUM_IP_GENERIC: bool = onoff(3, "tx-checksum-ip-generic").within(&[FEATURES]);
    /// The hardware sums up sent packets of TCP and UDP over IPv6.
    TX_CHECKSUM_IPV6: bool = onoff(4, "tx-checksum-ipv6").within(&[FEATURES]);
    /// The hardware reaches all memory.
    HIGHDMA: bool = onoff(5, "highdma").within(&[FEATURES]);
    /// Send packets that are lists of packets.
    TX_SCATTER_GATHER_FRAGLIST: bool = onoff(6, "tx-scatter-gather-fraglist").within(&[FEATURES]);
    /// The hardware writes the tag of a VLAN.
    TX_VLAN_HW_INSERT: bool = onoff(7, "tx-vlan-hw-insert").also(&["txvlan"]).within(&[FEATURES]);
    /// The hardware takes the tag of a VLAN off.
    RX_VLAN_HW_PARSE: bool = onoff(8, "rx-vlan-hw-parse").also(&["rxvlan"]).within(&[FEATURES]);
    /// The hardware drops VLANs that nobody has.
    RX_VLAN_FILTER: bool = onoff(9, "rx-vlan-filter").within(&[FEATURES]);
    /// The hardware writes a provider's VLAN tag.
    TX_VLAN_STAG_HW_INSERT: bool = onoff(10, "tx-vlan-stag-hw-insert").within(&[FEATURES]);
    /// The hardware takes a provider's VLAN tag off.
    RX_VLAN_STAG_HW_PARSE: bool = onoff(11, "rx-vlan-stag-hw-parse").within(&[FEATURES]);
    /// The hardware drops providers' VLANs that nobody has.
    RX_VLAN_STAG_FILTER: bool = onoff(12, "rx-vlan-stag-filter").within(&[FEATURES]);
    /// The driver cannot have VLANs.
    VLAN_CHALLENGED: bool = onoff(13, "vlan-challenged").within(&[FEATURES]);
    /// The kernel cuts large packets late, before the driver.
    TX_GENERIC_SEGMENTATION: bool = onoff(14, "tx-generic-segmentation").also(&["gso"]).within(&[FEATURES]);
    /// The driver locks its queues itself.
    TX_LOCKLESS: bool = onoff(15, "tx-lockless").within(&[FEATURES]);
    /// The link stays in its namespace.
    NETNS_LOCAL: bool = onoff(16, "netns-local").within(&[FEATURES]);
    /// The kernel joins received packets.
    RX_GRO: bool = onoff(17, "rx-gro").also(&["gro"]).within(&[FEATURES]);
    /// The hardware joins received packets so that they can be cut again.
    RX_GRO_HW: bool = onoff(18, "rx-gro-hw").within(&[FEATURES]);
    /// The hardware joins received packets; not for links that forward.
    RX_LRO: bool = onoff(19, "rx-lro").also(&["lro"]).within(&[FEATURES]);
    /// The hardware cuts large packets of TCP over IPv4.
    TX_TCP_SEGMENTATION: bool = onoff(20, "tx-tcp-segmentation").within(&[FEATURES]);
    /// Packets from guests that are to be cut need no check.
    TX_GSO_ROBUST: bool = onoff(21, "tx-gso-robust").within(&[FEATURES]);
    /// The same for TCP with ECN.
    TX_TCP_ECN_SEGMENTATION: bool = onoff(22, "tx-tcp-ecn-segmentation").within(&[FEATURES]);
    /// The same where all pieces may have one IP identifier.
    TX_TCP_MANGLEID_SEGMENTATION: bool = onoff(23, "tx-tcp-mangleid-segmentation").within(&[FEATURES]);
    /// The hardware cuts large packets of TCP over IPv6.
    TX_TCP6_SEGMENTATION: bool = onoff(24, "tx-tcp6-segmentation").within(&[FEATURES]);
    /// The hardware cuts large packets of FCoE.
    TX_FCOE_SEGMENTATION: bool = onoff(25, "tx-fcoe-segmentation").within(&[FEATURES]);
    /// The hardware cuts large packets within GRE.
    TX_GRE_SEGMENTATION: bool = onoff(26, "tx-gre-segmentation").within(&[FEATURES]);
    /// The same within GRE with checksums.
    TX_GRE_CSUM_SEGMENTATION: bool = onoff(27, "tx-gre-csum-segmentation").within(&[FEATURES]);
    /// The hardware cuts large packets within IPv4.
    TX_IPXIP4_SEGMENTATION: bool = onoff(28, "tx-ipxip4-segmentation").within(&[FEATURES]);
    /// The hardware cuts large packets within IPv6.
    TX_IPXIP6_SEGMENTATION: bool = onoff(29, "tx-ipxip6-segmentation").within(&[FEATURES]);
    /// The hardware cuts large packets within tunnels over UDP.
    TX_UDP_TNL_SEGMENTATION: bool = onoff(30, "tx-udp_tnl-segmentation").within(&[FEATURES]);
    /// The same within tunnels over UDP with checksums.
    TX_UDP_TNL_CSUM_SEGMENTATION: bool = onoff(31, "tx-udp_tnl-csum-segmentation").within(&[FEATURES]);
    /// The hardware cuts packets of which the kernel wrote the headers.
    TX_GSO_PARTIAL: bool = onoff(32, "tx-gso-partial").within(&[FEATURES]);
    /// The hardware cuts packets with remote checksums.
    TX_TUNNEL_REMCSUM_SEGMENTATION: bool = onoff(33, "tx-tunnel-remcsum-segmentation").within(&[FEATURES]);
    /// The hardware cuts large packets of SCTP.
    TX_SCTP_SEGMENTATION: bool = onoff(34, "tx-sctp-segmentation").within(&[FEATURES]);
    /// The hardware cuts large packets within ESP.
    TX_ESP_SEGMENTATION: bool = onoff(35, "tx-esp-segmentation").within(&[FEATURES]);
    /// The hardware cuts large packets of UDP.
    TX_UDP_SEGMENTATION: bool = onoff(36, "tx-udp-segmentation").within(&[FEATURES]);
    /// The hardware takes lists of packets to send.
    TX_GSO_LIST: bool = onoff(37, "tx-gso-list").within(&[FEATURES]);
    /// The hardware sums up sent packets of FCoE.
    TX_CHECKSUM_FCOE_CRC: bool = onoff(38, "tx-checksum-fcoe-crc").within(&[FEATURES]);
    /// The hardware sums up sent packets of SCTP.
    TX_CHECKSUM_SCTP: bool = onoff(39, "tx-checksum-sctp").within(&[FEATURES]);
    /// Packets of FCoE may be larger than the MTU.
    FCOE_MTU: bool = onoff(40, "fcoe-mtu").within(&[FEATURES]);
    /// The hardware sorts received packets by filters.
    RX_NTUPLE_FILTER: bool = onoff(41, "rx-ntuple-filter").also(&["ntuple"]).within(&[FEATURES]);
    /// The hardware tells a hash of received packets.
    RX_HASHING: bool = onoff(42, "rx-hashing").also(&["rxhash"]).within(&[FEATURES]);
    /// The hardware checks the sums of received packets.
    RX_CHECKSUM: bool = onoff(43, "rx-checksum").within(&[FEATURES]);
    /// Copy what is sent past the processor's cache.
    TX_NOCACHE_COPY: bool = onoff(44, "tx-nocache-copy").within(&[FEATURES]);
    /// What is sent comes back.
    LOOPBACK: bool = onoff(45, "loopback").within(&[FEATURES]);
    /// Received packets keep their checksum.
    RX_FCS: bool = onoff(46, "rx-fcs").within(&[FEATURES]);
    /// Take packets with wrong checksums, too.
    RX_ALL: bool = onoff(47, "rx-all").within(&[FEATURES]);
    /// The hardware switches between macvlans.
    L2_FWD_OFFLOAD: bool = onoff(48, "l2-fwd-offload").within(&[FEATURES]);
    /// The hardware carries out rules of tc.
    HW_TC_OFFLOAD: bool = onoff(49, "hw-tc-offload").within(&[FEATURES]);
    /// The hardware encrypts ESP.
    ESP_HW_OFFLOAD: bool = onoff(50, "esp-hw-offload").within(&[FEATURES]);
    /// The hardware sums up packets within ESP.
    ESP_TX_CSUM_HW_OFFLOAD: bool = onoff(51, "esp-tx-csum-hw-offload").within(&[FEATURES]);
    /// The hardware is told which ports are tunnels.
    RX_UDP_TUNNEL_PORT_OFFLOAD: bool = onoff(52, "rx-udp_tunnel-port-offload").within(&[FEATURES]);
    /// The hardware does all of TLS.
    TLS_HW_RECORD: bool = onoff(53, "tls-hw-record").within(&[FEATURES]);
    /// The hardware encrypts TLS.
    TLS_HW_TX_OFFLOAD: bool = onoff(54, "tls-hw-tx-offload").within(&[FEATURES]);
    /// The hardware decrypts TLS.
    TLS_HW_RX_OFFLOAD: bool = onoff(55, "tls-hw-rx-offload").within(&[FEATURES]);
    /// The kernel joins received packets to lists.
    RX_GRO_LIST: bool = onoff(56, "rx-gro-list").within(&[FEATURES]);
    /// The hardware does MACsec.
    MACSEC_HW_OFFLOAD: bool = onoff(57, "macsec-hw-offload").within(&[FEATURES]);
    /// The kernel joins packets of UDP that are forwarded.
    RX_UDP_GRO_FORWARDING: bool = onoff(58, "rx-udp-gro-forwarding").within(&[FEATURES]);
    /// The hardware writes the tag of HSR or PRP.
    HSR_TAG_INS_OFFLOAD: bool = onoff(59, "hsr-tag-ins-offload").within(&[FEATURES]);
    /// The hardware takes the tag of HSR or PRP off.
    HSR_TAG_RM_OFFLOAD: bool = onoff(60, "hsr-tag-rm-offload").within(&[FEATURES]);
    /// The hardware forwards in a ring of HSR.
    HSR_FWD_OFFLOAD: bool = onoff(61, "hsr-fwd-offload").within(&[FEATURES]);
    /// The hardware sends packets of HSR or PRP twice.
    HSR_DUP_OFFLOAD: bool = onoff(62, "hsr-dup-offload").within(&[FEATURES]);
}
