#include "hosts/directives/foreign_directives.h"

#include <algorithm>
#include <vector>

#include "hosts/base/check.h"
#include "hosts/directives/language.h"

namespace hosts::directives {
namespace {

using Form = ForeignDirective::Form;

// Names between blanks; <Name> is a section. A name that stands twice may be both.
struct Module {
  std::string_view name;
  std::string_view directives;
};

struct Effect {
  std::string_view sentence;
  std::string_view directives;
};

// What `apache2 -L` lists when every module of Debian's Apache 2.4.71 is loaded.
constexpr Module kModules[] = {
    {"core",
     "AcceptFilter AddDefaultCharset AllowEncodedSlashes CGIPassAuth CGIVar ContentDigest "
     "CoreDumpDirectory DefaultRuntimeDir DefaultType EnableMMAP EnableSendfile Error "
     "ErrorDocument ErrorLogFormat ExtendedStatus FileETag FlushMaxPipelined FlushMaxThreshold "
     "ForceType HostnameLookups HttpProtocolOptions LimitInternalRecursion "
     "LimitXMLRequestBody MaxConnectionsPerChild MaxMemFree MaxRangeOverlaps "
     "MaxRangeReversals MaxRanges MaxRequestsPerChild MergeSlashes MergeTrailers Mutex "
     "NameVirtualHost PidFile Port Protocol Protocols ProtocolsHonorOrder QualifyRedirectURL "
     "ReadBufferSize RegexDefaultOptions RegisterHttpMethod RLimitCPU RLimitMEM RLimitNPROC "
     "ScoreBoardFile SeeRequestTail ServerAdmin ServerPath ServerSignature ServerTokens "
     "SetInputFilter SetOutputFilter StrictHostCheck ThreadStackSize TraceEnable"},
    {"mod_actions", "Action Script"},
    {"mod_alias",
     "AliasPreservePath Redirect RedirectMatch RedirectPermanent RedirectRelative RedirectTemp "
     "ScriptAlias ScriptAliasMatch"},
    {"mod_allowmethods", "AllowMethods"},
    {"mod_auth_basic",
     "AuthBasicAuthoritative AuthBasicFake AuthBasicProvider AuthBasicUseDigestAlgorithm"},
    {"mod_auth_digest",
     "AuthDigestAlgorithm AuthDigestDomain AuthDigestNcCheck AuthDigestNonceLifetime "
     "AuthDigestProvider AuthDigestQop AuthDigestShmemSize"},
    {"mod_auth_form",
     "AuthFormAuthoritative AuthFormBody AuthFormDisableNoStore AuthFormFakeBasicAuth "
     "AuthFormLocation AuthFormLoginRequiredLocation AuthFormLoginSuccessLocation "
     "AuthFormLogoutLocation AuthFormMethod AuthFormMimetype AuthFormPassword AuthFormProvider "
     "AuthFormSitePassphrase AuthFormSize AuthFormUsername"},
    {"mod_authn_anon",
     "Anonymous Anonymous_LogEmail Anonymous_MustGiveEmail Anonymous_NoUserId "
     "Anonymous_VerifyEmail"},
    {"mod_authn_core", "AuthName <AuthnProviderAlias> AuthType"},
    {"mod_authn_dbd", "AuthDBDUserPWQuery AuthDBDUserRealmQuery"},
    {"mod_authn_dbm", "AuthDBMType AuthDBMUserFile"},
    {"mod_authn_file", "AuthUserFile"},
    {"mod_authn_socache",
     "AuthnCacheContext AuthnCacheEnable AuthnCacheProvideFor AuthnCacheSOCache "
     "AuthnCacheTimeout"},
    {"mod_authnz_fcgi", "AuthnzFcgiCheckAuthnProvider AuthnzFcgiDefineProvider"},
    {"mod_authnz_ldap",
     "AuthLDAPAuthorizePrefix AuthLDAPBindAuthoritative AuthLDAPBindDN AuthLDAPBindPassword "
     "AuthLDAPCharsetConfig AuthLDAPCompareAsUser AuthLDAPCompareDNOnServer "
     "AuthLDAPDereferenceAliases AuthLDAPGroupAttribute AuthLDAPGroupAttributeIsDN "
     "AuthLDAPInitialBindAsUser AuthLDAPInitialBindPattern AuthLDAPMaxSubGroupDepth "
     "AuthLDAPRemoteUserAttribute AuthLDAPRemoteUserIsDN AuthLDAPSearchAsUser "
     "AuthLDAPSubGroupAttribute AuthLDAPSubGroupClass AuthLDAPURL"},
    {"mod_authz_core", "AuthMerging <AuthzProviderAlias> AuthzSendForbiddenOnFailure"},
    {"mod_authz_dbd", "AuthzDBDLoginToReferer AuthzDBDQuery AuthzDBDRedirectQuery"},
    {"mod_authz_dbm", "AuthDBMGroupFile AuthzDBMType"},
    {"mod_authz_groupfile", "AuthGroupFile"},
    {"mod_autoindex",
     "AddAlt AddAltByEncoding AddAltByType AddDescription AddIcon AddIconByEncoding "
     "AddIconByType DefaultIcon FancyIndexing HeaderName IndexHeadInsert IndexIgnore "
     "IndexIgnoreReset IndexOptions IndexOrderDefault IndexStyleSheet ReadmeName"},
    {"mod_brotli",
     "BrotliAlterETag BrotliCompressionMaxInputBlock BrotliCompressionQuality "
     "BrotliCompressionWindow BrotliFilterNote"},
    {"mod_buffer", "BufferSize"},
    {"mod_cache",
     "CacheDefaultExpire CacheDetailHeader CacheDisable CacheEnable CacheHeader "
     "CacheIgnoreCacheControl CacheIgnoreHeaders CacheIgnoreNoLastMod CacheIgnoreQueryString "
     "CacheIgnoreURLSessionIdentifiers CacheKeyBaseURL CacheLastModifiedFactor CacheLock "
     "CacheLockMaxAge CacheLockPath CacheMaxExpire CacheMinExpire CacheQuickHandler "
     "CacheStaleOnError CacheStoreExpired CacheStoreNoStore CacheStorePrivate"},
    {"mod_cache_disk",
     "CacheDirLength CacheDirLevels CacheMaxFileSize CacheMinFileSize CacheReadSize "
     "CacheReadTime CacheRoot"},
    {"mod_cache_socache",
     "CacheSocache CacheSocacheMaxSize CacheSocacheMaxTime CacheSocacheMinTime "
     "CacheSocacheReadSize CacheSocacheReadTime"},
    {"mod_case_filter", "CaseFilter"},
    {"mod_case_filter_in", "CaseFilterIn"},
    {"mod_cern_meta", "MetaDir MetaFiles MetaSuffix"},
    {"mod_cgi", "CGIScriptTimeout ScriptLog ScriptLogBuffer ScriptLogLength"},
    {"mod_cgid", "CGIDScriptTimeout ScriptSock"},
    {"mod_charset_lite", "CharsetDefault CharsetOptions CharsetSourceEnc"},
    {"mod_dav", "DAV DAVBasePath DAVDepthInfinity DAVLockDiscovery DAVMinTimeout"},
    {"mod_dav_fs", "DAVLockDB"},
    {"mod_dav_lock", "DAVGenericLockDB"},
    {"mod_dbd",
     "DBDExptime DBDInitSQL DBDKeep DBDMax DBDMin DBDParams DBDPersist DBDPrepareSQL DBDriver"},
    {"mod_deflate",
     "DeflateAlterEtag DeflateBufferSize DeflateCompressionLevel DeflateFilterNote "
     "DeflateInflateLimitRequestBody DeflateInflateRatioBurst DeflateInflateRatioLimit "
     "DeflateMemLevel DeflateWindowSize"},
    {"mod_dialup", "ModemStandard"},
    {"mod_dir",
     "DirectoryCheckHandler DirectoryIndexRedirect "
     "FallbackResource"},
    {"mod_dumpio", "DumpIOInput DumpIOOutput"},
    {"mod_echo", "ProtocolEcho"},
    {"mod_expires", "ExpiresActive ExpiresByType ExpiresDefault"},
    {"mod_ext_filter", "ExtFilterDefine ExtFilterOptions"},
    {"mod_file_cache", "CacheFile MMapFile"},
    {"mod_filter",
     "AddOutputFilterByType FilterChain FilterDeclare FilterProtocol FilterProvider FilterTrace"},
    {"mod_headers", "Header RequestHeader"},
    {"mod_heartbeat", "HeartbeatAddress"},
    {"mod_heartmonitor", "HeartbeatListen HeartbeatMaxServers HeartbeatStorage"},
    {"mod_http2",
     "H2CopyFiles H2Direct H2EarlyHint H2EarlyHints H2MaxDataFrameLen H2MaxHeaderBlockLen "
     "H2MaxSessionStreams H2MaxStreamErrors H2MaxWorkerIdleSeconds H2MaxWorkers H2MinWorkers "
     "H2ModernTLSOnly H2OutputBuffering H2Padding H2ProxyRequests H2Push H2PushDiarySize "
     "H2PushPriority H2PushResource H2SerializeHeaders H2SessionExtraFiles H2StreamMaxMemSize "
     "H2StreamTimeout H2TLSCoolDownSecs H2TLSWarmUpSize H2Upgrade H2WebSockets H2WindowSize"},
    {"mod_ident", "IdentityCheck IdentityCheckTimeout"},
    {"mod_imagemap", "ImapBase ImapDefault ImapMenu"},
    {"mod_include",
     "SSIEndTag SSIErrorMsg SSIEtag SSILastModified SSILegacyExprParser SSIStartTag "
     "SSITimeFormat SSIUndefinedEcho XBitHack"},
    {"mod_info", "AddModuleInfo"},
    {"mod_ldap",
     "LDAPCacheEntries LDAPCacheTTL LDAPConnectionPoolTTL LDAPConnectionTimeout LDAPLibraryDebug "
     "LDAPOpCacheEntries LDAPOpCacheTTL LDAPReferralHopLimit LDAPReferrals LDAPRetries "
     "LDAPRetryDelay LDAPSharedCacheFile LDAPSharedCacheSize LDAPTimeout LDAPTrustedClientCert "
     "LDAPTrustedGlobalCert LDAPTrustedMode LDAPVerifyServerCert"},
    {"mod_log_config", "BufferedLogs"},
    {"mod_log_debug", "LogMessage"},
    {"mod_log_forensic", "ForensicLog"},
    {"mod_logio", "LogIOTrackTTFB"},
    {"mod_lua",
     "Lua_____ByteCodeHack LuaAuthzProvider LuaCodeCache <LuaHookAccessChecker> "
     "LuaHookAccessChecker <LuaHookAuthChecker> LuaHookAuthChecker <LuaHookCheckUserID> "
     "LuaHookCheckUserID <LuaHookFixups> LuaHookFixups LuaHookInsertFilter LuaHookLog "
     "<LuaHookMapToStorage> LuaHookMapToStorage <LuaHookPreTranslateName> "
     "LuaHookPreTranslateName <LuaHookTranslateName> LuaHookTranslateName <LuaHookTypeChecker> "
     "LuaHookTypeChecker LuaInherit LuaInputFilter LuaMapHandler LuaOutputFilter LuaPackageCPath "
     "LuaPackagePath <LuaQuickHandler> LuaQuickHandler LuaRoot LuaScope"},
    {"mod_macro", "MacroIgnoreBadNesting MacroIgnoreEmptyArgs"},
    {"mod_md",
     "MDActivationDelay MDBaseServer MDCACertificateFile MDCAChallenges MDCertificateAgreement "
     "MDCertificateAuthority MDCertificateCheck MDCertificateFile MDCertificateKeyFile "
     "MDCertificateProtocol MDCertificateStatus MDChallengeDns01 MDChallengeDns01Version "
     "MDCheckInterval MDContactEmail MDDriveMode MDExternalAccountBinding MDHttpProxy "
     "MDHttpProxyCACertificateFile MDInitialDelay MDMatchNames MDMember MDMembers MDMessageCmd "
     "MDMustStaple MDNotifyCmd <MDomain> MDomain <MDomainSet> MDPortMap MDPrivateKeys MDProfile "
     "MDProfileMandatory MDRenewMode MDRenewViaARI MDRenewWindow MDRequireHttps MDRetryDelay "
     "MDRetryFailover MDServerStatus MDStapleOthers MDStapling MDStaplingKeepResponse "
     "MDStaplingRenewWindow MDStoreDir MDStoreLocks MDWarnWindow"},
    {"mod_mime",
     "AddCharset AddEncoding AddInputFilter AddLanguage AddOutputFilter DefaultLanguage "
     "ModMimeUsePathInfo MultiviewsMatch RemoveCharset RemoveEncoding RemoveInputFilter "
     "RemoveLanguage RemoveOutputFilter RemoveType TypesConfig"},
    {"mod_mime_magic", "MimeMagicFile"},
    {"mod_negotiation", "CacheNegotiatedDocs ForceLanguagePriority LanguagePriority"},
    {"mod_proxy",
     "BalancerGrowth BalancerInherit BalancerMember BalancerPersist NoProxy <Proxy> "
     "Proxy100Continue ProxyAddHeaders ProxyBadHeader ProxyBlock ProxyDomain ProxyErrorOverride "
     "ProxyIOBufferSize <ProxyMatch> ProxyMaxForwards ProxyPass ProxyPassInherit "
     "ProxyPassInterpolateEnv ProxyPassMatch ProxyPassReverse ProxyPassReverseCookieDomain "
     "ProxyPassReverseCookiePath ProxyPreserveHost ProxyReceiveBufferSize ProxyRemote "
     "ProxyRemoteMatch ProxyRequests ProxySet ProxySourceAddress ProxyStatus ProxyTimeout "
     "ProxyVia"},
    {"mod_proxy_connect", "AllowCONNECT"},
    {"mod_proxy_express", "ProxyExpressDBMFile ProxyExpressDBMType ProxyExpressEnable"},
    {"mod_proxy_fcgi", "ProxyFCGIBackendType ProxyFCGISetEnvIf"},
    {"mod_proxy_ftp", "ProxyFtpDirCharset ProxyFtpEscapeWildcards ProxyFtpListOnWildcard"},
    {"mod_proxy_hcheck", "ProxyHCExpr ProxyHCTemplate ProxyHCTPsize"},
    {"mod_proxy_html",
     "ProxyHTMLBufSize ProxyHTMLCharsetOut ProxyHTMLDoctype ProxyHTMLEnable ProxyHTMLEvents "
     "ProxyHTMLExtended ProxyHTMLFixups ProxyHTMLInterp ProxyHTMLLinks ProxyHTMLMeta "
     "ProxyHTMLStripComments ProxyHTMLURLMap"},
    {"mod_proxy_scgi", "ProxySCGIInternalRedirect ProxySCGISendfile"},
    {"mod_proxy_wstunnel", "ProxyWebsocketFallbackToProxyHttp"},
    {"mod_reflector", "ReflectorHeader"},
    {"mod_remoteip",
     "RemoteIPHeader RemoteIPInternalProxy RemoteIPInternalProxyList RemoteIPProxiesHeader "
     "RemoteIPProxyProtocol RemoteIPProxyProtocolExceptions RemoteIPTrustedProxy "
     "RemoteIPTrustedProxyList"},
    {"mod_request", "KeptBodySize"},
    {"mod_rewrite", "RewriteBase RewriteCond RewriteEngine RewriteMap RewriteOptions RewriteRule"},
    {"mod_sed", "InputSed OutputSed"},
    {"mod_session",
     "Session SessionEnv SessionExclude SessionExpiryUpdateInterval SessionHeader SessionInclude "
     "SessionMaxAge"},
    {"mod_session_cookie", "SessionCookieName SessionCookieName2 SessionCookieRemove"},
    {"mod_session_crypto",
     "SessionCryptoCipher SessionCryptoDriver SessionCryptoPassphrase "
     "SessionCryptoPassphraseFile"},
    {"mod_session_dbd",
     "SessionDBDCookieName SessionDBDCookieName2 SessionDBDCookieRemove SessionDBDDeleteLabel "
     "SessionDBDInsertLabel SessionDBDPerUser SessionDBDSelectLabel SessionDBDUpdateLabel"},
    {"mod_so", "LoadFile"},
    {"mod_socache_memcache", "MemcacheConnTTL"},
    {"mod_socache_redis", "RedisConnPoolTTL RedisTimeout"},
    {"mod_speling", "CheckBasenameMatch CheckCaseOnly CheckSpelling"},
    {"mod_ssl",
     "SSLCACertificateFile SSLCACertificatePath SSLCADNRequestFile SSLCADNRequestPath "
     "SSLCARevocationCheck SSLCARevocationFile SSLCARevocationPath SSLCertificateChainFile "
     "SSLCertificateFile SSLCertificateKeyFile SSLCipherSuite SSLCompression SSLCryptoDevice "
     "SSLEngine SSLFIPS SSLHonorCipherOrder SSLInsecureRenegotiation SSLLog SSLLogLevel "
     "SSLOCSPDefaultResponder SSLOCSPEnable SSLOCSPNoVerify SSLOCSPOverrideResponder "
     "SSLOCSPProxyURL SSLOCSPResponderCertificateFile SSLOCSPResponderTimeout "
     "SSLOCSPResponseMaxAge SSLOCSPResponseTimeSkew SSLOCSPUseRequestNonce SSLOpenSSLConfCmd "
     "SSLOptions SSLPassPhraseDialog SSLProtocol SSLProxyCACertificateFile "
     "SSLProxyCACertificatePath SSLProxyCARevocationCheck SSLProxyCARevocationFile "
     "SSLProxyCARevocationPath SSLProxyCheckPeerCN SSLProxyCheckPeerExpire SSLProxyCheckPeerName "
     "SSLProxyCipherSuite SSLProxyEngine SSLProxyMachineCertificateChainFile "
     "SSLProxyMachineCertificateFile SSLProxyMachineCertificatePath SSLProxyProtocol "
     "SSLProxyVerify SSLProxyVerifyDepth SSLRandomSeed SSLRenegBufferSize SSLRequire "
     "SSLRequireSSL SSLSessionCache SSLSessionCacheTimeout SSLSessionTicketKeyFile "
     "SSLSessionTickets SSLSRPUnknownUserSeed SSLSRPVerifierFile SSLStaplingCache "
     "SSLStaplingErrorCacheTimeout SSLStaplingFakeTryLater SSLStaplingForceURL "
     "SSLStaplingResponderTimeout SSLStaplingResponseMaxAge SSLStaplingResponseTimeSkew "
     "SSLStaplingReturnResponderErrors SSLStaplingStandardCacheTimeout SSLStrictSNIVHostCheck "
     "SSLUserName SSLUseStapling SSLVerifyClient SSLVerifyDepth SSLVHostSNIPolicy"},
    {"mod_substitute", "Substitute SubstituteInheritBefore SubstituteMaxLineLength"},
    {"mod_suexec", "SuexecUserGroup"},
    {"mod_unixd", "ChrootDir Suexec"},
    {"mod_userdir", "UserDir"},
    {"mod_usertrack",
     "CookieDomain CookieExpires CookieHttpOnly CookieName CookieSameSite CookieSecure "
     "CookieStyle CookieTracking"},
    {"mod_vhost_alias",
     "VirtualDocumentRoot VirtualDocumentRootIP VirtualScriptAlias VirtualScriptAliasIP"},
    {"mod_watchdog", "WatchdogInterval"},
    {"mod_xml2enc", "xml2EncAlias xml2EncDefault xml2StartParse"},
    {"mpm",
     "AsyncRequestWorkerFactor GracefulShutdownTimeout ListenCoresBucketsRatio "
     "ListenTCPDeferAccept MaxClients MaxRequestWorkers MaxSpareServers MaxSpareThreads "
     "MinSpareServers MinSpareThreads ReceiveBufferSize SendBufferSize ServerLimit ThreadLimit"},
};

constexpr Effect kEffects[] = {
    {"may rewrite or redirect the URL before it is mapped, refuse it, or set a variable that "
     "%{ENV:...} names",
     "RewriteEngine RewriteRule"},
    {"decides when the next RewriteRule acts", "RewriteCond"},
    {"changes what RewriteRule does", "RewriteBase RewriteMap RewriteOptions"},
    {"may redirect the URL before it is mapped",
     "Redirect RedirectMatch RedirectPermanent RedirectTemp"},
    {"may map the URL to a CGI script before WSGIScriptAlias is asked",
     "ScriptAlias ScriptAliasMatch"},
    {"changes which file an Alias of a Location leads to", "AliasPreservePath"},
    {"may map the URL to a file of a user's home", "UserDir"},
    {"may map the URL to another file when no alias does",
     "VirtualDocumentRoot VirtualDocumentRootIP VirtualScriptAlias VirtualScriptAliasIP"},
    {"lets a URL prefix choose the virtual host", "ServerPath"},
    {"may change the request's headers, which SetEnvIf and the application see", "RequestHeader"},
    {"may change the headers of the answer", "Header"},
    {"may hand the request to another server", "ProxyPass ProxyPassMatch ProxyRequests"},
    {"may hand the request to another server that a file names", "ProxyExpressEnable"},
    {"may hand a media type or a method to a CGI script", "Action Script"},
    {"may let a handler be found by media type, application/x-httpd-wsgi included",
     "ForceType MimeMagicFile RemoveType"},
    {"decides whether AddHandler looks at what follows the file in the URL", "ModMimeUsePathInfo"},
    {"decides whether files with handlers are found by MultiViews", "MultiviewsMatch"},
    {"may answer a directory with one of its files", "DirectoryIndexRedirect"},
    {"decides whether a directory's handler keeps DirectoryIndex and the redirect to its slash "
     "away",
     "DirectoryCheckHandler"},
    {"may answer a URL that has no file with another one", "FallbackResource"},
    {"may redirect a misspelt URL", "CheckSpelling"},
    {"may answer an error with another URL, which may be an application's", "ErrorDocument"},
    {"may refuse encoded slashes, or keep them encoded", "AllowEncodedSlashes"},
    {"decides whether LocationMatch sections see repeated slashes", "MergeSlashes"},
    {"changes how the patterns of the ...Match directives are read", "RegexDefaultOptions"},
    {"may refuse the method", "AllowMethods RegisterHttpMethod TraceEnable"},
    {"may refuse a request that is no strict HTTP", "HttpProtocolOptions"},
    {"may refuse a Host that no virtual host has", "StrictHostCheck"},
    {"may ask for a name and a password first", "AuthType"},
    {"changes how Require lines of nested sections add up", "AuthMerging"},
    {"changes the status of a refusal by Require", "AuthzSendForbiddenOnFailure"},
    {"defines a name that Require may use", "AuthzProviderAlias"},
    {"may refuse a request that did not come over TLS as asked",
     "SSLRequire SSLRequireSSL SSLVerifyClient"},
    {"may refuse a Host other than the one named in the TLS handshake",
     "SSLStrictSNIVHostCheck SSLVHostSNIPolicy"},
    {"makes the address and port speak TLS", "SSLEngine"},
    {"changes the client address that Require sees", "RemoteIPHeader RemoteIPProxyProtocol"},
    {"may answer from a cache", "CacheEnable"},
    {"answers PUT, DELETE and WebDAV's methods itself", "DAV"},
    {"answers the connection without HTTP", "ProtocolEcho"},
    {"may answer, map or refuse the request by a Lua function",
     "LuaHookAccessChecker LuaHookAuthChecker LuaHookCheckUserID LuaHookFixups "
     "LuaHookMapToStorage LuaHookPreTranslateName LuaHookTranslateName LuaHookTypeChecker "
     "LuaMapHandler LuaQuickHandler"},
    {"changes where every path begins", "ChrootDir"},
    {"stops Apache from reading the configuration", "Error"},
};

// Takes the first name off a list.
std::string_view NextName(std::string_view& list) {
  const size_t end = std::min(list.find(' '), list.size());
  const std::string_view name = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return name;
}

using base::Lower;

bool IsBefore(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, Lower, Lower);
}

ForeignDirective Listed(std::string_view written, std::string_view module) {
  if (!written.starts_with('<')) return {.name = written, .module = module};
  return {.name = written.substr(1, written.size() - 2), .module = module, .form = Form::Section};
}

// Neighbours of one name are the two forms of one directive.
void JoinForms(std::vector<ForeignDirective>& sorted) {
  const auto same = [](const ForeignDirective& a, const ForeignDirective& b) {
    return SameLetters(a.name, b.name);
  };
  for (auto it = std::ranges::adjacent_find(sorted, same); it != sorted.end();
       it = std::ranges::adjacent_find(it, sorted.end(), same)) {
    it->form = Form::LineOrSection;
    sorted.erase(it + 1);
  }
}

// The place of a name, or the end.
template <typename Directives>
auto Find(Directives& sorted, std::string_view name) {
  const auto found = std::ranges::lower_bound(sorted, name, IsBefore, &ForeignDirective::name);
  return found != sorted.end() && SameLetters(found->name, name) ? found : sorted.end();
}

std::vector<ForeignDirective> MakeTable() {
  std::vector<ForeignDirective> table;
  for (const Module& module : kModules) {
    for (std::string_view names = module.directives; !names.empty();) {
      table.push_back(Listed(NextName(names), module.name));
    }
  }
  std::ranges::stable_sort(table, IsBefore, &ForeignDirective::name);
  JoinForms(table);
  for (const Effect& effect : kEffects) {
    for (std::string_view names = effect.directives; !names.empty();) {
      const auto directive = Find(table, NextName(names));
      CHECK(directive != table.end(), "an effect of a directive that no module has");
      directive->effect = effect.sentence;
    }
  }
  return table;
}

const std::vector<ForeignDirective>& Table() {
  static const std::vector<ForeignDirective> table = MakeTable();
  return table;
}

}  // namespace

const ForeignDirective* FindForeignDirective(std::string_view name) {
  const auto found = Find(Table(), name);
  return found == Table().end() ? nullptr : &*found;
}

std::span<const ForeignDirective> ForeignDirectives() {
  return Table();
}

}  // namespace hosts::directives
