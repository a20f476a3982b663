// Developed resist of one mask at any focus and dose: light per focus, chain per dose, each computed once.
#pragma once

#include <map>
#include <utility>

#include "damascene/opc/physical_print.hpp"
#include "flow/focus_images.hpp"

namespace damascene::flow {

class ResistSeries {
  public:
    /// `height`: where widths are read, share of the film thickness.
    ResistSeries(Projection projection, opc::ResistProcess process, double height);
    const ImageInDepth& light(double focus_nm);
    const opc::PhysicalPrint& at(double focus_nm, double dose);
    /// Width on a cut of what the mask draws: resist (clear field, positive tone) or space; NaN where it does not
    /// print.
    double size(double focus_nm, double dose, const std::array<double, 4>& cut_nm);
    const opc::ResistProcess& process() const { return process_; }
    const Projection& projection() const { return projection_; }
    std::size_t count() const { return light_.size(); }
    /// The same mask in the same films with another chemistry: light is kept, nothing is printed yet.
    ResistSeries with_chemistry(opc::ResistProcess process) const;

  private:
    ImageInDepth sharp_light(const Spectrum2& mask, double focus_nm) const;
    /// Vibration, flare and bandwidth at every depth; flare has the angles of the light of a clear mask.
    ImageInDepth blurred_light(const Spectrum2& mask, double focus_nm) const;

    Projection projection_;
    opc::ResistProcess process_;
    double height_ = 0.5;
    std::map<double, ImageInDepth> light_;
    std::map<std::pair<double, double>, opc::PhysicalPrint> prints_;
};

/// Shapes drawn are resist lines (true) or openings.
bool draws_resist(const Projection&, const opc::ResistProcess&);

}  // namespace damascene::flow
