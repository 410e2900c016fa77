// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "adapters/identity/embedded_issuer.hpp"
#include "application/services.hpp"
#include "application/task.hpp"
#include "domain/ids.hpp"

namespace vcare::program {

/// A clinic with one visit that can be joined now, and how to get in.
struct SampleClinic {
    domain::TenantId tenant;
    domain::SessionId session;
    std::map<std::string, std::string> staff_tokens;  ///< by role: clinician, scheduler, …
    std::string desk_token;                           ///< of whoever books visits and looks after the clinic
    std::string patient_code;
    std::string interpreter_code;
};

/// Opens the clinic, made through the same use cases as any other: its settings at the first start, its
/// visit when there is none that can still be joined, and fresh links each time. Its patient has given no
/// consent yet, so that the page asks for it.
[[nodiscard]] Task<Result<SampleClinic>> open_sample_clinic(application::Services services,
                                                            const identity::EmbeddedIssuer* issuer);

}  // namespace vcare::program
