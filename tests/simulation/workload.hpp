// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "simulation/requests.hpp"
#include "simulation/world/world.hpp"

namespace vcare::simulation {

/// The people of many visits: they book, get links, wait, talk, lose their connections, come back, change
/// their minds, go away without a word. Everything they do is decided by the seed.
class Workload {
  public:
    Workload(World& world, unsigned visits) : world_(world), visits_(visits) {}

    /// Starts everybody. They come in over as much time as the number of visits needs.
    void start();
    [[nodiscard]] bool is_over() const { return started_ && running_ == 0; }

    /// What became of the visits, for the report.
    struct Tally {
        unsigned booked = 0;
        unsigned refused = 0;
        unsigned admitted = 0;
        unsigned joined = 0;
    };
    [[nodiscard]] const Tally& tally() const { return tally_; }

    struct Visit;

  private:
    void client(Task<void> task);
    Task<void> counted(Task<void> task);

    Task<void> open_clinics();
    Task<void> run(std::shared_ptr<Visit> visit);
    Task<bool> book(std::shared_ptr<Visit> visit);
    Task<void> send_links(std::shared_ptr<Visit> visit);
    Task<void> be_a_stranger(std::shared_ptr<Visit> visit);
    Task<void> be_the_provider(std::shared_ptr<Visit> visit);
    Task<void> be_the_patient(std::shared_ptr<Visit> visit);
    Task<void> be_the_interpreter(std::shared_ptr<Visit> visit);
    Task<void> let_in_whoever_waits(std::shared_ptr<Visit> visit, domain::SessionData session);
    Task<void> change_the_owners_mind(std::shared_ptr<Visit> visit);

    Task<std::string> come_in(std::shared_ptr<Visit> visit, domain::ParticipantId participant);
    Task<void> stay(std::shared_ptr<Visit> visit, std::string credential, bool is_patient);
    Task<void> close(std::string credential, std::string stream_id);

    World& world_;
    unsigned visits_;
    unsigned running_ = 0;
    bool started_ = false;
    std::uint64_t last_key_ = 0;
    Tally tally_;
};

}  // namespace vcare::simulation
