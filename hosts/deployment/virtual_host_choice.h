#pragma once
// Which virtual host answers a request.
//
// Source: CFG-50.

#include "hosts/deployment/deployment.h"
#include "hosts/deployment/request_address.h"

namespace hosts::deployment {

// The virtual host that answers: best address match first, then ServerName/ServerAlias, else the
// first of that address. Null if no virtual host listens there.
[[nodiscard]] const VirtualHost* FindVirtualHost(const Deployment& deployment,
                                                 const RequestAddress& address);

}  // namespace hosts::deployment
