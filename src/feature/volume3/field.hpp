// A level set in storage: an OpenVDB tree behind a wall. Tiles are what the schemes work on.
#pragma once

#include <memory>

#include "feature/volume3/tiles.hpp"

namespace damascene::feature::volume3 {

class Field {
  public:
    explicit Field(const Tiles&);
    Field(const Field&);
    ~Field();
    Tiles tiles() const;
    void unite(const Field&);     ///< solid of either: min
    void subtract(const Field&);  ///< max(phi, -other)
    void intersect(const Field&);

  private:
    struct Tree;
    Lattice3 lattice_;
    std::unique_ptr<Tree> tree_;
};

inline std::shared_ptr<const Field> field(const Tiles& t) { return std::make_shared<const Field>(t); }

}  // namespace damascene::feature::volume3
