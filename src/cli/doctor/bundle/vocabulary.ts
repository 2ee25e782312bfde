/**
 * Words of Caddy's own that a bundle may repeat. Whatever else stands in a config, be it the name of a module, may be an
 * operator's secret, and is counted only.
 */
export const vocabulary = {
  app: words('http tls pki events'),
  handler: words(
    'acme_server authentication copy_response copy_response_headers encode error file_server headers intercept invoke log_append map metrics push rate_limit request_body reverse_proxy rewrite static_response subroute templates tracing vars',
  ),
  matcher: words(
    'client_ip expression file header header_regexp host method not path path_regexp protocol query remote_ip tls vars vars_regexp',
  ),
  /** What stands as `module`, `protocol`, `source`, `policy`, `output` or `format` of something. */
  module: words(
    'acme internal zerossl http fastcgi file_system static inline pem_file pki_root random round_robin least_conn first ip_hash client_ip_hash uri_hash header cookie query stdout stderr file discard net console json filter append',
  ),
  key: words(
    '@id abort access_control accounts active admin algorithm alternate alpn always_on any_tag apps ask authentication automate automatic_https automation buffer_requests buffer_responses ca certificate certificate_authorities certificates client_authentication config default default_logger_name defaults delete destinations dial dial_timeout disable disable_certificates disable_redirects disabled email enable_full_duplex encodings enforce_origin errors except experimental_http3 fail_duration fallbacks flush_interval format grace_period group handle handle_response handler handlers hash hash_cache headers health_checks hide hosts http http_basic http_port https_port identity idle_timeout include index_names input_regexp install_trust interval issuers key keep_alive keepalive_interval level listen listener_wrappers load load_balancing load_files logger_names logging logs map mappings match max_fails max_header_bytes max_requests max_size metrics mode module named_routes names not on_demand origins outputs passive path_prefixes permissions permission persist pki policies policy precompressed prefer protocols providers public_keys raw_headers read_header_timeout read_timeout realm remote request request_buffers response response_buffers response_header_timeout retries rewrite root root_certificate_common_name routes selection_policy server server_name servers set sinks skip skip_install_trust skip_unmapped_hosts source status_code storage stream_buffer_size stream_close_delay stream_timeout strict_sni_host strip_path_prefix subjects terminal timeout tls tls_connection_policies transport trust_pool trusted_ca_certs trusted_proxies trusted_proxies_strict try_duration try_interval unhealthy_status upstreams uri validate_method verify versions weights wrapper write_timeout',
  ),
} as const satisfies Readonly<Record<string, ReadonlySet<string>>>;

export type WordKind = keyof typeof vocabulary;

/** The word, or what stands for all that are not known. */
export function known(kind: WordKind, word: string): string {
  return vocabulary[kind].has(word) ? word : 'other';
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
